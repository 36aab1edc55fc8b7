"""The kind PodIdentityCluster itself: an entry of the platform's catalogue as an XR that is composed.

What differs by kind of cluster stays out: clusters/. So does how others read an entry: catalogue/.
"""
