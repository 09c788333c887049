"""The webhooks that ChakraHQ calls: what is told, in which shapes, and how it is sent."""
