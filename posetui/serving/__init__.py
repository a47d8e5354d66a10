"""The app in a browser: who may see it, and what the browser loads. Knows nothing of poses."""
