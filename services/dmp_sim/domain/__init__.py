"""What a deposit is and what is checked in it: pure, no input or output."""
