"""What the task files name: the tasks as the harness loads them."""
