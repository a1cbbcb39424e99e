"""What is done about a request: each handler takes it from its parameters to the store and back."""
