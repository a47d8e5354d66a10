"""OpenPose: everybody's joints and limbs as maps, and people assembled from them."""
