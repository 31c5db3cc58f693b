"""Daily management on screen: the month of attendance, leave, the desk of a town, the logs read by village and household."""
