"""
Interactive messages, one module for each kind, so that sending a list builds the models of lists only.

https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages (interactive object)
"""
