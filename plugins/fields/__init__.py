"""Field types, a file each. `ORDER` is how people find them in the palette, in lists of types and in the docs:
within a group what most forms need first. A twin follows the type whose file it stands in."""

ORDER = (
    # text
    "text", "long_text", "email", "mobile", "landline", "url", "id_card", "auto_number", "rich_text", "plate",
    "bank_card", "credit_code", "passport", "code_image", "text_list", "multilingual", "markdown", "code", "json",
    # number
    "integer", "decimal", "money", "percent", "rating", "progress", "slider", "capitals",
    # choice
    "select", "multi_select", "boolean", "tags", "cascade", "tree_select", "region", "address", "location",
    "checklist", "country", "color", "outside_choice",
    # time
    "date", "datetime", "date_range", "time", "month", "duration", "date_formula",
    # people
    "member", "members", "department", "departments", "role", "roles", "message_participants",
    # file
    "attachment", "image", "signature", "video", "audio",
    # relation
    "link", "links", "linked_from", "lookup", "rollup", "formula", "live_formula", "text_combination", "related_query",
    # layout
    "sub_form",
    # system
    "record_id", "created_at", "created_by", "updated_at", "updated_by", "flow_status", "transcript",
)  # fmt: skip
