"""What the plays are made of: the proxy as a child process, raw and foreign clients, raw and foreign backends.

Nothing here sleeps for a fixed time in the hope that something has happened: every wait names a condition and a deadline.
"""
