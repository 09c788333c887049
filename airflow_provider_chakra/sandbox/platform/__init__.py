"""
ChakraHQ's platform beside WhatsApp: records of a procedure, background jobs, users, photos, configuration.

Paths, methods and the names of fields are those of https://apidocs.chakrahq.com. What its pages leave open is
decided in the one module that has to, and said in its docstring.
"""
