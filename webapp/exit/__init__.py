"""The exit: leave at once, wipe what the browser holds, and show nothing on the way back."""
