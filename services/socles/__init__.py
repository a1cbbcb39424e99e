"""What is installed into other people's environments carries the product's name: ``socles.testing``, the test kit."""
