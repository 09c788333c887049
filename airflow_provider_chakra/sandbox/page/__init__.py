"""The sandbox as a phone in the browser: the chats as WhatsApp shows them, and a customer to play."""
