"""The sandbox's own certificates: a chain shaped like IGC-Santé's, leaves of every kind that software needs, and wrong
ones. Nothing signed here is trusted anywhere else."""
