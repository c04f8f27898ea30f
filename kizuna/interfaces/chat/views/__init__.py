"""Pages of chats, by who they are for."""
