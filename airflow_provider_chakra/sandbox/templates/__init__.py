"""Message templates: what they are made of, how they are kept, and what a message must bring for one."""
