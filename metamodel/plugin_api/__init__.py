"""Everything a plugin needs, and the only module of ours a plugin may import.

A plugin module has a `register(registry)` function that adds declarations:
`registry.add(Money())`. Importing it has no effect. Declarations are stateless;
what varies from use to use arrives as an argument (`field`, `params`, `options`).
User mistakes are Problems or `BadValue`; anything else raised is a bug.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from metamodel import recipients as recipients
from metamodel.analyses import Finding as Finding, House as House, Material as Material, Reads as Reads
from metamodel.asks import (
    OTHERS as OTHERS,
    AbsentAnswer as AbsentAnswer,
    AbsentAsk as AbsentAsk,
    Answer as Answer,
    Ask as Ask,
    Axis as Axis,
    Cell as Cell,
    Dataset as Dataset,
    Dimension as Dimension,
    Drawing as Drawing,
    Format as Format,
    GroupAnswer as GroupAnswer,
    GroupAsk as GroupAsk,
    Groups as Groups,
    HouseAsk as HouseAsk,
    Key as Key,
    Mark as Mark,
    MarkRows as MarkRows,
    Measure as Measure,
    Measured as Measured,
    Number as Number,
    RowAnswer as RowAnswer,
    RowAsk as RowAsk,
    WordAnswer as WordAnswer,
    WordAsk as WordAsk,
    WordCount as WordCount,
    WordsOf as WordsOf,
)
from metamodel.effects import (
    AddTags as AddTags,
    CloseTasks as CloseTasks,
    CreateRecord as CreateRecord,
    CreateTask as CreateTask,
    Effect as Effect,
    FindOrCreate as FindOrCreate,
    Grant as Grant,
    HttpCall as HttpCall,
    KeywordFeedback as KeywordFeedback,
    Link as Link,
    Notify as Notify,
    OpenForm as OpenForm,
    PeopleOfRows as PeopleOfRows,
    Refuse as Refuse,
    RemoveTags as RemoveTags,
    RunAnalyzer as RunAnalyzer,
    SetFields as SetFields,
    Shred as Shred,
    ShredTarget as ShredTarget,
    Span as Span,
    StartFlow as StartFlow,
    TaskOutcome as TaskOutcome,
    UpdateRecords as UpdateRecords,
)
from metamodel.expressions import arithmetic as arithmetic
from metamodel.expressions.folding import (
    lower as lower,
    match_form as match_form,
    match_forms as match_forms,
    simplified as simplified,
    trim as trim,
    upper as upper,
)
from metamodel.expressions.limits import (
    MAX_COMPARISONS as MAX_COMPARISONS,
    MAX_ITEMS as MAX_ITEMS,
    MAX_TEXT as MAX_TEXT,
    room_for as room_for,
)
from metamodel.expressions.types import (
    ANY as ANY,
    BLANK as BLANK,
    BOOLEAN as BOOLEAN,
    DATE as DATE,
    DATETIME as DATETIME,
    DEPARTMENT as DEPARTMENT,
    DURATION as DURATION,
    NUMBER as NUMBER,
    PERSON as PERSON,
    TEXT as TEXT,
    Type as Type,
    common_type as common_type,
    list_of as list_of,
    record_of as record_of,
    type_label as type_label,
    unify as unify,
)
from metamodel.human_text import (
    clean_text as clean_text,
    day_of as day_of,
    excerpt as excerpt,
    fit_number as fit_number,
    fold as fold,
    iso_duration as iso_duration,
    iso_moment as iso_moment,
    read_date as read_date,
    read_duration as read_duration,
    read_moment as read_moment,
    read_number as read_number,
    show_date as show_date,
    show_duration as show_duration,
    show_list as show_list,
    show_moment as show_moment,
    show_number as show_number,
    split_list as split_list,
)
from metamodel.labels import Label as Label, label_text as label_text, labelled as labelled
from metamodel.markup import html_text as html_text, rich_html as rich_html
from metamodel.masking import (
    DOT as DOT,
    Patterns as Patterns,
    mask_ends as mask_ends,
    mask_text as mask_text,
    mask_value as mask_value,
)
from metamodel.node_steps import (
    AskPeople as AskPeople,
    Do as Do,
    Finish as Finish,
    NodeStep as NodeStep,
    Pass as Pass,
    Pause as Pause,
)
from metamodel.plugin_api.analyzers import Analyzer as Analyzer
from metamodel.plugin_api.connectors import (
    Connector as Connector,
    MediaReference as MediaReference,
    Message as Message,
    Participant as Participant,
    RawMessage as RawMessage,
)
from metamodel.plugin_api.declaring import (
    AnyOptions as AnyOptions,
    Choice as Choice,
    Examples as Examples,
    Options as Options,
    OptionsType as OptionsType,
    Plugin as Plugin,
    PythonClass as PythonClass,
    bilingual as bilingual,
    options_of as options_of,
)
from metamodel.plugin_api.fields import (
    CHOICE_AGGREGATES as CHOICE_AGGREGATES,
    CHOICE_OPERATORS as CHOICE_OPERATORS,
    LIST_OPERATORS as LIST_OPERATORS,
    NUMBER_AGGREGATES as NUMBER_AGGREGATES,
    OPERATORS as OPERATORS,
    ORDERED_AGGREGATES as ORDERED_AGGREGATES,
    ORDERED_OPERATORS as ORDERED_OPERATORS,
    TEXT_OPERATORS as TEXT_OPERATORS,
    AutoNumber as AutoNumber,
    Derived as Derived,
    Display as Display,
    Field as Field,
    Formula as Formula,
    HeadValue as HeadValue,
    LinkedFrom as LinkedFrom,
    Live as Live,
    Lookup as Lookup,
    OldOptions as OldOptions,
    OutsideSource as OutsideSource,
    PaletteEntry as PaletteEntry,
    Part as Part,
    Reference as Reference,
    RelatedQuery as RelatedQuery,
    RelatedRows as RelatedRows,
    Rollup as Rollup,
    Storage as Storage,
    fields_of as fields_of,
    form_of as form_of,
    too_many as too_many,
)
from metamodel.plugin_api.functions import Argument as Argument, Function as Function, SqlOps as SqlOps
from metamodel.plugin_api.nodes import Node as Node
from metamodel.plugin_api.patterns import Pattern as Pattern
from metamodel.plugin_api.registry import KINDS as KINDS, Registry as Registry
from metamodel.plugin_api.rules import (
    Action as Action,
    ActionScope as ActionScope,
    Clock as Clock,
    Filling as Filling,
    RowsDue as RowsDue,
    Subject as Subject,
    Trigger as Trigger,
    Visit as Visit,
    Writing as Writing,
)
from metamodel.plugin_api.widgets import (
    Widget as Widget,
    WidgetOptions as WidgetOptions,
    drill_key as drill_key,
)
from metamodel.problems import (
    BadValue as BadValue,
    Problem as Problem,
    Texts as Texts,
    pointer as pointer,
    problem as problem,
)

if TYPE_CHECKING:
    from metamodel.application import App as App
    from metamodel.forms import FieldDefinition as FieldDefinition, Form as Form
