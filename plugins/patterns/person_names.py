"""Names of persons in running text: a guess from surnames and what stands beside them.

A name of two to four characters before a form of address or behind “姓名”, “联系人”; and a surname alone before
one (王总, 李经理). Many surnames are ordinary words as well: those count only where a word may begin. Fields
that hold nothing but a name are masked as a whole instead.
"""

from __future__ import annotations

import re
from typing import ClassVar

from metamodel.plugin_api import Pattern, Registry, mask_ends


def _pairs(text: str) -> frozenset[str]:
    """Words of two characters, written one behind the other."""
    return frozenset(text[at : at + 2] for at in range(0, len(text), 2))


HAN = "[\u4e00-\u9fff]"
# Rarely anything but a surname.
SURNAMES = (
    "赵孙李周吴郑王冯陈褚蒋沈韩杨朱秦尤吕施张孔曹魏陶姜戚邹喻潘葛奚彭鲁韦昌苗俞袁柳鲍唐廉薛贺倪滕殷罗郝邬傅皮卞伍余卜孟黄穆"
    "萧肖尹姚邵湛汪祁禹狄臧戴谈宋茅庞熊屈董杜阮蓝闵贾娄童郭盛刁徐邱骆蔡樊胡凌霍虞柯昝卢莫裘缪丁宣邓刘谭廖侯崔龚洪裴翟覃"
    "梁范林沙岑雷"
)
# Words as well (时, 和, 计, 高 …): only at the beginning, behind a sign, or behind a word that names follow.
WORDS_TOO = (
    "钱许何严华金水窦章云苏范郎马凤花方任史费岑汤毕安常乐于时康卫元顾平和毛贝明计伏成纪舒项祝席季麻强路危江颜梅钟高夏田万支管"
    "经房解应宗干向谢程陆石武龙叶黎赖卓池乔申桑桂牛边尚温庄晏柴连艾容古易匡关聂辛简饶曾付段白文左宁荣涂佟司单"
)
COMPOUND = "|".join(
    sorted(_pairs("欧阳上官司马诸葛东方皇甫尉迟公孙慕容令狐司徒长孙宇文端木南宫夏侯轩辕呼延太史澹台申屠第五"))
)
TITLES = "总经理|董事长|" + "|".join(
    sorted(
        _pairs("副总先生女士小姐太太老师经理总监主任主管医生律师教授科长处长部长局长院长校长书记师傅会计秘书")
    )
)
CUES = "姓名|联系人|收件人|收货人|开户名|户名|经办人|负责人"
BEFORE = "[\\s，。！？；：、,.!?;:~～…“”\"'‘’（）()【】《》@＠跟给和请叫找让问与对是到被由把替帮约见的了呢啊吧呀哦嗯]"
# What may stand behind 王总 and does not make another word of 总, as 总部 or 总额 would.
ENDS = (
    "好您你说，。！？；：、,.!?;:~～…“”\"'（）()@＠\\s"
    "的吗呢呀啊早下上晚辛麻请让觉同看发已跟今明昨这那来去回不没也叫给安会"
)
CLEAR = f"(?:{COMPOUND}|[{SURNAMES}])"
ANY = f"(?:{COMPOUND}|[{SURNAMES}{WORDS_TOO}])"
# Surname and the next character, and still no person: 项目经理, 高级经理, 安全主任 …
NO_NAMES = _pairs(
    "项目高级高校高中高等高管安全安装安保平安平台金牌金融金属任何任课任教马上常务常驻常年时装华东华南"
    "华北华中华西江苏江西江南江北成都成本成人云南云计石油石化水电水利水务水暖花园方案计划计财应用应急"
    "明星路过白班夏季关键连锁边检温馨程序房产房屋宣传宗教麻醉童装颜色谈判董事毕业施工施救周末周边许可"
    "许多何时何种林业章程苏州苏北苏南柳州徐州贺州湛江汪洋昌平宋代唐山唐装茅台盛大田园凌晨莫非万科万达"
    "管道管理席位季度项下强电危机单位单独麻烦谢谢感谢文化文员文科左右宁波易货简单曾经付款段位司机武汉"
    "武术陆续龙头叶片桂林牛奶尚未容器古董关系辛苦荣誉涂料"
)
NO_BEGINNINGS = _pairs("对于由于至于关于见于对应见解的时是时到时让步")


class PersonName(Pattern):
    name = "person_name"
    label = {"zh": "姓名（推测）", "en": "Name of a person (a guess)"}
    icon = "user"
    doc = {
        "zh": "称呼前或“姓名”“联系人”后的姓名，按姓氏推测；“王总”这样的称呼也算",
        "en": "A name before a form of address or behind “姓名”, “联系人”, guessed from the surname; 王总 counts too",
    }
    expression = (
        rf"{CLEAR}{HAN}{{0,2}}(?:{TITLES})"
        rf"|(?:^|{BEFORE})[{WORDS_TOO}]{HAN}{{0,2}}(?:{TITLES})"
        rf"|{CLEAR}{HAN}{{0,2}}总(?:[{ENDS}]|$)"
        rf"|(?:^|{BEFORE})[{WORDS_TOO}]{HAN}{{0,2}}总(?:[{ENDS}]|$)"
        rf"|(?:{CUES})[：: ]{{1,2}}{ANY}{HAN}{{1,2}}"
        rf"|(?:{CUES}){CLEAR}{HAN}{{1,2}}"
    )
    apart = ""
    examples: ClassVar = (
        ("请联系孙国梁先生", "请联系孙••先生"),
        ("收件人：李娜", "收件人：李•"),
        ("王总好", "•总好"),
        ("项目经理会跟您联系", "项目经理会跟您联系"),
    )

    def is_one(self, found: str) -> bool:
        start, end = _name(found)
        name = found[start:end]
        return bool(name) and name[:2] not in NO_NAMES and found[:2] not in NO_BEGINNINGS

    def mask(self, found: str) -> str:
        start, end = _name(found)
        seen = 1 if end - start > 1 else 0  # a surname alone is hidden whole, or nothing would be
        return found[:start] + mask_ends(found[start:end], seen, 0) + found[end:]


_CUE = re.compile(rf"(?:{CUES})[：: ]{{0,2}}")
_BEGINNING = re.compile(rf"{BEFORE}(?={ANY})")
_TITLE = re.compile(rf"(?:{TITLES}|总[{ENDS}]?)$")


def _name(found: str) -> tuple[int, int]:
    """Where the name itself stands in a candidate."""
    if cue := _CUE.match(found):
        return cue.end(), len(found)
    title = _TITLE.search(found)
    end = title.start() if title else len(found)
    beginning = _BEGINNING.match(found[:end])
    return (beginning.end() if beginning and end > 1 else 0), end


def register(registry: Registry) -> None:
    registry.add(PersonName())
