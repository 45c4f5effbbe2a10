"""Expressions, and queries that people write."""

from __future__ import annotations

from metamodel.texts.entry import Texts

TEXTS = {
    # condition
    "condition.unreadable": Texts(
        "这组条件无法读取，请刷新页面再试", "These conditions cannot be read; load the page again"
    ),
    # expression
    "expression.arguments": Texts(
        "{function} 的参数个数不对（给了 {count} 个）",
        "{function} does not take {count} arguments",
        "用法：{usage}",
        "Usage: {usage}",
    ),
    "expression.argument": Texts(
        "{function} 的参数“{argument}”应是{expected}，这里是{found}",
        "{function} wants {expected} for “{argument}”, this is {found}",
    ),
    "expression.bad_pattern": Texts(
        "“{pattern}”不是可用的正则表达式", "“{pattern}” is not a pattern that can be used"
    ),
    "expression.branches": Texts(
        "两个分支的结果类型应相同，这里是{found}",
        "All branches should give the same kind of value, these give {found}",
    ),
    "expression.comparison": Texts(
        "{left}与{right}不能用 {operator} 比较", "{left} and {right} cannot be compared by {operator}"
    ),
    "expression.condition": Texts(
        "这里应是条件（是/否），现在是{found}", "This should be yes or no, it is {found}"
    ),
    "expression.date_range": Texts(
        "日期超出 0001 年至 9999 年", "The date is not between the years 1 and 9999"
    ),
    "expression.division_by_zero": Texts("除数为零", "Division by zero"),
    "expression.empty": Texts("表达式是空的", "The expression is empty"),
    "expression.function_failed": Texts(
        "{function} 无法处理这些值", "{function} could not work with these values"
    ),
    "expression.habit": Texts(
        "这里不能写 {what}", "{what} is not written here", "您是不是要写 {instead}", "Did you mean {instead}?"
    ),
    "expression.nested_list": Texts("列表中不能再有列表", "A list cannot stand in a list"),
    "expression.not_allowed": Texts("表达式中不能使用 {what}", "{what} is not allowed in an expression"),
    "expression.not_called": Texts(
        "{name} 是函数，后面要有括号",
        "{name} is a function and wants brackets",
        "写成 {name}(…)",
        "Write {name}(…)",
    ),
    "expression.not_inlined": Texts(
        "“{name}”的值不能写进条件", "The value of “{name}” cannot be written into a condition"
    ),
    "expression.not_in_sql": Texts(
        "“{what}”不能在数据库中计算", "“{what}” cannot be worked out in the database"
    ),
    "expression.no_row": Texts("这条记录没有明细行", "This record has no rows"),
    "expression.not_tried": Texts(
        "针对其他记录的条件不能在一条记录上试", "A condition about other records cannot be tried on one"
    ),
    "expression.not_yours": Texts(
        "要看“{field}”才能算出，您无权查看", "This needs “{field}”, which you may not read"
    ),
    "expression.number": Texts(
        "“{text}”不是可用的数字",
        "“{text}” is not a number that can be used",
        "小数点前最多 18 位，后最多 10 位",
        "At most 18 digits before the point and 10 after it",
    ),
    "expression.unknown_pattern": Texts(
        "没有名为“{name}”的识别模式",
        "There is no pattern called “{name}”",
        "可用的有：{known}",
        "Known: {known}",
    ),
    "expression.number_too_large": Texts("计算结果超出 18 位", "The result has more than 18 digits"),
    "expression.operand": Texts(
        "{operator} 后面应是数字，这里是{found}", "{operator} wants a number, this is {found}"
    ),
    "expression.operands": Texts(
        "{left} {operator} {right} 没有意义", "{left} {operator} {right} means nothing"
    ),
    "expression.out_of_domain": Texts(
        "{function} 对这个数没有结果", "{function} has no result for this number"
    ),
    "expression.sealed": Texts(
        "这里不能使用加密字段的内容",
        "A sealed value may not stand here",
        "可改用不透露内容的函数，如 CONTAINS_ANY",
        "Use a function that does not give it away, such as CONTAINS_ANY",
    ),
    "expression.sealed_in_sql": Texts(
        "“{what}”是加密内容，数据库不能读取", "“{what}” is sealed, the database cannot read it"
    ),
    "expression.single_equals": Texts(
        "单个 = 不是比较", "A single = does not compare", "您是不是要写 ==", "Did you mean ==?"
    ),
    "expression.syntax": Texts(
        "第 {position} 个字符后无法看懂", "This cannot be read after character {position}"
    ),
    "expression.too_deep": Texts("嵌套超过 {limit} 层", "Nested more than {limit} deep"),
    "expression.too_large": Texts(
        "中间结果过大（上限 {limit}）", "A value on the way is too large (limit {limit})"
    ),
    "expression.too_long": Texts(
        "表达式超过 {limit} 个字符", "The expression has more than {limit} characters"
    ),
    "expression.too_many_steps": Texts("表达式的步骤太多", "The expression takes too many steps"),
    "expression.unclosed": Texts("{what} 没有结束", "{what} is not closed"),
    "expression.unknown_attribute": Texts(
        "{of}没有“{name}”", "There is no “{name}” of {of}", "{suggestion}", "{suggestion}"
    ),
    "expression.unknown_function": Texts(
        "没有函数 {name}", "There is no function {name}", "{suggestion}", "{suggestion}"
    ),
    "expression.unknown_name": Texts(
        "没有字段“{name}”", "There is no field “{name}”", "{suggestion}", "{suggestion}"
    ),
    "expression.unopened": Texts("多了一个 {what}", "There is a {what} too many"),
    "expression.wrong_type": Texts(
        "这里应是{expected}，表达式给出{found}", "This should be {expected}, the expression gives {found}"
    ),
    # formula
    "formula.not_constant": Texts(
        "公式的结果随记录保存，不能用 TODAY、NOW、me 等会变的值",
        "A formula is kept with the record: it cannot use what changes by itself, like TODAY, NOW or me",
    ),
    "formula.reaches_out": Texts(
        "公式只能用本记录的字段，不能用“{name}”",
        "A formula may only use the record's own fields, not “{name}”",
        "用关联字段（lookup）显示它",
        "Show it by a lookup",
    ),
    "formula.not_kept": Texts(
        "公式不能用“{name}”：它在读取时才有值",
        "A formula cannot use “{name}”: it has its value only when the record is read",
    ),
    "formula.cycle": Texts(
        "计算字段互相依赖：{fields}", "These computed fields wait for each other: {fields}"
    ),
    # query
    "query.unknown_field": Texts(
        "没有可查询的字段“{field}”", "There is no field “{field}” to ask for", status=400
    ),
    "query.sealed": Texts(
        "“{field}”已加密，请用搜索，不能筛选或排序",
        "“{field}” is sealed: search it, it cannot filter or sort",
        status=400,
    ),
    "query.too_often": Texts(
        "一分钟内最多统计 {limit} 次，请稍后再试",
        "At most {limit} counts a minute; try again shortly",
        status=429,
    ),
    "query.unknown_operator": Texts("没有条件“{operator}”", "There is no operator “{operator}”", status=400),
    "query.bad_date": Texts("“{value}”不是日期", "“{value}” is not a date", status=400),
    # search
    "search.alias_clash": Texts("搜索词“{word}”已经指“{other}”", "The word “{word}” already means “{other}”"),
    "search.bad_word": Texts("“{word}”不能作搜索词", "“{word}” cannot be a word of a query"),
    "search.no_value": Texts(
        "“{text}”不是“{field}”的值，已按文字搜索",
        "“{text}” is no value of “{field}”; searched as text",
        severity="hint",
    ),
    "search.nobody": Texts(
        "“{field}”中没有“{text}”，已按文字搜索",
        "Nothing called “{text}” for “{field}”; searched as text",
        severity="hint",
    ),
    "search.not_stored": Texts(
        "“{field}”在读取时计算，不能作筛选，已按文字搜索",
        "“{field}” is computed when read and cannot filter; searched as text",
        severity="hint",
    ),
    "search.only_marks": Texts(
        "“{text}”里没有可搜索的文字", "There is nothing to search for in “{text}”", severity="hint"
    ),
    "search.sealed": Texts(
        "“{field}”已加密，不能作筛选，已按文字搜索",
        "“{field}” is sealed and cannot filter; searched as text",
        severity="hint",
    ),
    "search.too_deep": Texts(
        "括号超过 {limit} 层，已忽略括号",
        "Brackets more than {limit} deep; they were ignored",
        severity="hint",
    ),
    "search.too_long": Texts(
        "只用了前 {limit} 个字符", "Only the first {limit} characters were used", severity="hint"
    ),
    "search.too_many": Texts(
        "只用了前 {limit} 个搜索词", "Only the first {limit} words were used", severity="hint"
    ),
    "search.unknown_field": Texts(
        "没有字段“{name}”，已按文字搜索", "There is no field “{name}”; searched as text", severity="hint"
    ),
}
