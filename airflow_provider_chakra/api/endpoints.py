"""
Every endpoint of ChakraHQ's API that is known, once.

The code calls them by these names, and the table in the documentation is made of them.
https://apidocs.chakrahq.com has a page for each one that is called documented. What is assumed about a
path comes from code that ChakraHQ's integrators published. Of some pages only the title is known:
nothing is invented for them, and :meth:`.ChakraHook.request` reaches them once their path is known.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Sure = Literal["documented", "assumed", "title only"]

_SENDER = "/v1/ext/plugin/whatsapp/{plugin_id}/api/{api_version}/{phone_number_id}"
_META = "/v1/ext/plugin/whatsapp/api/{api_version}"
_PLUGIN = "/v1/ext/plugin/whatsapp/{plugin_id}"
_PROCESSES = "/v1/ext/procedure/{procedure}/process"


class Endpoint(NamedTuple):
    """One endpoint, or one page of the documentation that describes one."""

    #: The title of its page.
    title: str
    #: HTTP method; empty where only the title is known.
    method: str = ""
    #: Path with names in braces; empty where only the title is known.
    path: str = ""
    #: How sure method and path are.
    sure: Sure = "documented"
    #: What of :class:`.ChakraHook` calls it, such as ``processes.fetch``; empty if nothing does.
    hook: str = ""
    #: The operators and sensors that call it.
    operators: tuple[str, ...] = ()
    #: Whether it changes nothing, or nothing more the second time, so that it may be asked again.
    reads: bool = False


# --- Sending

SEND_MESSAGE = Endpoint(
    "WhatsApp Messages API (pass-through)",
    "POST",
    f"{_SENDER}/messages",
    hook="send_message",
    operators=("SendMessageOperator", "all other Send...Operators"),
)
SEND_SESSION_MESSAGE = SEND_MESSAGE._replace(title="Send WhatsApp session message")
SEND_TEMPLATE_MESSAGE = SEND_MESSAGE._replace(title="Send Template Message (Meta API Format)")
# Read twice is no more than read: it may be asked again.
MARK_AS_READ = SEND_MESSAGE._replace(
    title="Mark a message as read",
    sure="assumed",
    hook="mark_as_read",
    operators=("MarkAsReadOperator",),
    reads=True,
)
SEND_TEMPLATE_TO_NUMBER = Endpoint(
    "Send Whatsapp Template Message For A Phone Number",
    "POST",
    f"{_PLUGIN}/phoneNumber/{{phone_number}}/send-template-message",
    hook="templates.send_to_number",
    operators=("SendTemplateOperator",),
)
SEND_TEMPLATE_TO_PROCESS = Endpoint(
    "Send Whatsapp Template Message For Process",
    "POST",
    f"{_PLUGIN}/process/{{procedure}}/{{process}}/send-template-message",
    hook="templates.send_to_process",
    operators=("SendTemplateOperator",),
)

# --- Templates

CREATE_TEMPLATE = Endpoint(
    "Create WhatsApp Message Template (pass-through)",
    "POST",
    f"{_META}/{{waba_id}}/message_templates",
    hook="templates.create",
    operators=("CreateTemplateOperator",),
)
LIST_TEMPLATES = Endpoint(
    "List WhatsApp Message Templates (pass-through)",
    "GET",
    f"{_META}/{{waba_id}}/message_templates",
    hook="templates.list",
    operators=("ListTemplatesOperator", "CheckTemplatesOperator", "TemplateStatusSensor"),
    reads=True,
)
UPDATE_TEMPLATE = Endpoint(
    "Update WhatsApp Message Template (pass-through)",
    "POST",
    f"{_META}/{{template_id}}",
    hook="templates.update",
    operators=("UpdateTemplateOperator",),
)
DELETE_TEMPLATE = Endpoint(
    "Delete WhatsApp Message Template",
    "DELETE",
    f"{_META}/{{waba_id}}/message_templates",
    sure="assumed",
    hook="templates.delete",
    operators=("DeleteTemplateOperator",),
)

# --- Media

UPLOAD_MEDIA = Endpoint(
    "Upload Public Media",
    "POST",
    f"{_PLUGIN}/upload-public-media",
    hook="media.upload",
    operators=("UploadMediaOperator",),
)
FETCH_MEDIA = Endpoint(
    "Fetch Whatsapp Media API",
    "GET",
    "/v1/whatsapp/{api_version}/media/{media_id}",
    hook="media.fetch",
    operators=("DownloadMediaOperator",),
    reads=True,
)
SHOW_MEDIA = Endpoint(
    "Show Whatsapp Media API",
    "GET",
    "/v2/whatsapp/{api_version}/media/{media_id}/show",
    hook="media.download",
    operators=("DownloadMediaOperator",),
    reads=True,
)
SHOW_MEDIA_V1 = SHOW_MEDIA._replace(path="/v1/whatsapp/{api_version}/media/{media_id}/show", sure="assumed")
SHOW_ATTACHMENT = Endpoint(
    "Show Whatsapp Media Attachments API",
    "GET",
    "/v2/whatsapp/{api_version}/media/whatsapp_business/attachments",
    sure="assumed",
    hook="media.download_attachment",
    operators=("DownloadMediaOperator",),
    reads=True,
)

# --- Chats

LIST_CHATS = Endpoint(
    "List chats",
    "POST",
    "/v1/ext/chat",
    hook="chats.list",
    operators=("MessageStatusSensor", "ReplySensor"),
    reads=True,
)
CHAT_MESSAGES = Endpoint(
    "List chat messages for a chat",
    "POST",
    "/v1/ext/chat/{chat_id}/message",
    hook="chats.messages",
    operators=("MessageStatusSensor", "ReplySensor"),
    reads=True,
)
PREVIOUS_MESSAGES = Endpoint(
    "List previous messages for a phone number",
    "POST",
    "/v1/ext/plugin/whatsapp/list-chat-messages-for-phone-number",
    hook="chats.recent",
    operators=("MessageStatusSensor", "ReplySensor"),
    reads=True,
)

# --- Processes and leads

FETCH_PROCESS = Endpoint(
    "Fetch Process By Id",
    "GET",
    f"{_PROCESSES}/{{process}}",
    hook="processes.fetch",
    operators=("FetchProcessOperator",),
    reads=True,
)
LIST_PROCESSES = Endpoint(
    "List Processes",
    "POST",
    f"{_PROCESSES}/list",
    hook="processes.list",
    operators=("ListProcessesOperator",),
    reads=True,
)
CREATE_PROCESS = Endpoint(
    "Create Process", "POST", _PROCESSES, hook="processes.create", operators=("CreateProcessOperator",)
)
UPDATE_PROCESS = Endpoint(
    "Update Process",
    "PUT",
    f"{_PROCESSES}/{{process}}",
    hook="processes.update",
    operators=("UpdateProcessOperator",),
)
UPDATE_PROCESS_BY_KEY = Endpoint(
    "Update Process By Primary Key",
    "PUT",
    f"{_PROCESSES}/{{primary_key}}/{{value}}",
    hook="processes.update_by_key",
    operators=("UpdateProcessOperator",),
)
DELETE_PROCESS = Endpoint(
    "Delete Process",
    "DELETE",
    f"{_PROCESSES}/{{process}}",
    hook="processes.delete",
    operators=("DeleteProcessOperator",),
)
DELETE_PROCESS_BY_KEY = Endpoint(
    "Delete Process By Primary Key Value",
    "DELETE",
    f"{_PROCESSES}/{{primary_key}}/{{value}}",
    hook="processes.delete_by_key",
    operators=("DeleteProcessOperator",),
)
BULK_CREATE_PROCESSES = Endpoint(
    "Bulk Create Process API",
    "POST",
    f"{_PROCESSES}/bulk-create",
    hook="processes.bulk_create",
    operators=("BulkCreateProcessesOperator",),
)
BULK_UPDATE_PROCESSES = Endpoint(
    "Bulk Update Process API",
    "PATCH",
    _PROCESSES,
    hook="processes.bulk_update",
    operators=("BulkUpdateProcessesOperator",),
)
CREATE_LEAD = Endpoint(
    "Create a lead",
    "POST",
    "/v1/ext/procedure/lead/process",
    hook="leads.create",
    operators=("CreateLeadOperator",),
)
UPDATE_LEAD_BY_NUMBER = Endpoint(
    "Update Lead By Phone Number",
    "PUT",
    "/v1/ext/procedure/lead/process/phone_number/{phone_number}",
    sure="assumed",
    hook="leads.update_by_phone_number",
    operators=("UpdateLeadOperator",),
)
CREATE_TASK = Endpoint(
    "Create Task API",
    "POST",
    "/v1/ext/p/{procedure}/{process}/task/{task}",
    hook="tasks.create",
    operators=("CreateTaskOperator",),
)

# --- Background jobs

FETCH_JOB = Endpoint(
    "Fetch Background Job",
    "GET",
    "/v1/ext/background-job/{job_id}",
    hook="jobs.fetch",
    operators=("BackgroundJobSensor", "BulkCreateProcessesOperator", "BulkUpdateProcessesOperator"),
    reads=True,
)
JOB_ENTRIES = Endpoint(
    "Fetch Background Job Entries API",
    "GET",
    "/v1/ext/background-job/{job_id}/entries",
    hook="jobs.entries",
    operators=("BackgroundJobSensor", "BulkCreateProcessesOperator", "BulkUpdateProcessesOperator"),
    reads=True,
)

# --- Users and photos

LIST_USERS = Endpoint("List Users API", "GET", "/v1/ext/users", hook="users.list", reads=True)
LIST_USERS_V2 = Endpoint("List Users API (V2)", "GET", "/v2/ext/users", hook="users.list_v2", reads=True)
FETCH_USER = Endpoint("Fetch User API", "GET", "/v1/ext/user/{user_id}", hook="users.fetch", reads=True)
FETCH_USER_V2 = Endpoint(
    "Fetch User API (V2)", "GET", "/v2/ext/user/{user_id}", sure="assumed", hook="users.fetch_v2", reads=True
)
# The page prints GET, with a body: a slip.
UPDATE_USER = Endpoint(
    "Update User API", "PUT", "/v1/ext/user/{user_id}", sure="assumed", hook="users.update"
)
FETCH_PHOTO = Endpoint(
    "Fetch Photo API", "GET", "/v1/ext/photo/{photo_id}", sure="assumed", hook="photos.download", reads=True
)
UPLOAD_PHOTO = Endpoint("Upload Photo API", "POST", "/v1/ext/photo", hook="photos.upload")
UPLOAD_PHOTO_WITH_ID = Endpoint(
    "Upload Photo API With Id", "POST", "/v1/ext/photo/{photo_id}", hook="photos.upload"
)

# --- The account

FETCH_CONFIG = Endpoint("Fetch Config", "GET", "/v1/ext/config", hook="account.config", reads=True)
HEALTH = Endpoint("Health", "GET", "/v1/health", sure="assumed", reads=True)
LIST_PHONE_NUMBERS = Endpoint(
    "List phone numbers",
    "GET",
    "/v1/ext/whatsapp-phone-number",
    sure="assumed",
    hook="account.phone_numbers",
    reads=True,
)
LIST_BUSINESS_ACCOUNTS = Endpoint(
    "List business accounts",
    "GET",
    "/v1/ext/whatsapp-business-account",
    sure="assumed",
    hook="account.business_accounts",
    reads=True,
)
FETCH_PLUGIN_CONFIG = Endpoint(
    "Fetch WhatsApp plugin configuration",
    "GET",
    f"{_PLUGIN}/config",
    sure="assumed",
    hook="account.plugin_config",
    reads=True,
)
UPDATE_PLUGIN_CONFIG = Endpoint(
    "Update WhatsApp plugin configuration",
    "POST",
    f"{_PLUGIN}/update-config",
    sure="assumed",
    hook="account.update_plugin_config",
)
CREATE_CONNECT_TOKEN = Endpoint(
    "Create Connect Token",
    "POST",
    "/v1/ext/whatsapp-partner/create-connect-token",
    hook="account.create_connect_token",
)

#: Pages of which only the title is known.
TITLES = (
    "Disconnect WABA Account",
    "Set Business Public Key",
    "Get Business Public Key",
    "Add a phone number to a lead campaign",
    "Remove phone number from a lead campaign",
    "Create Group",
    "List Groups",
    "Get Group Info",
    "Update Group Settings",
    "Delete Group",
    "Get Group Invite Link",
    "Reset Group Invite Link",
    "Get Join Requests",
    "Approve Join Requests",
    "Reject Join Requests",
    "Remove Group Participants",
)

#: Every endpoint, in the order of this module.
ENDPOINTS: tuple[Endpoint, ...] = (
    *(value for value in tuple(globals().values()) if isinstance(value, Endpoint)),
    *(Endpoint(title, sure="title only") for title in TITLES),
)
