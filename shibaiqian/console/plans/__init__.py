"""Pages of daily management: plans and summaries, meetings, reports on duty, emergencies, requests upward, claims."""
