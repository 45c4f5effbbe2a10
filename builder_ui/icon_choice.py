"""The icons people choose from for apps, forms and groups of a menu, found by Chinese, pinyin and English.

A table of words over the sprite (`static/icons.svg`); signs of the interface itself are no choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from engine.access.pinyin import readings

# group (zh, en) -> icon -> the words it is found by, in Chinese and in English
GROUPS: Mapping[tuple[str, str], Mapping[str, tuple[str, str]]] = {
    ("人与组织", "People"): {
        "person": ("人 个人 联系人", "person contact user"),
        "people": ("人员 团队 客户 员工", "people team customers staff"),
        "handshake": ("合作 握手 客户 商务", "partner handshake deal"),
        "building": ("公司 企业 部门 大楼", "company building office"),
        "home": ("首页 家 房屋", "home house"),
        "tree": ("组织 部门 层级 树", "organisation department tree"),
        "briefcase": ("公文包 业务 商机 工作", "briefcase business opportunity job"),
        "award": ("奖 荣誉 绩效", "award prize performance"),
        "heart": ("关怀 喜欢 健康 爱心", "heart care health"),
        "gift": ("礼品 福利 赠送", "gift benefit present"),
    },
    ("沟通", "Communication"): {
        "chat": ("会话 聊天 消息 微信", "chat conversation message"),
        "phone": ("电话 通话", "phone call"),
        "smartphone": ("手机 移动端", "mobile smartphone"),
        "mail": ("邮件 信", "mail letter"),
        "voice": ("语音 录音", "voice recording"),
        "video": ("视频 会议", "video meeting"),
        "bell": ("通知 提醒 铃", "bell notification reminder"),
        "channel": ("渠道 接入", "channel source"),
        "megaphone": ("公告 宣传 市场 喇叭", "announcement marketing megaphone"),
        "question": ("问题 咨询 帮助", "question help"),
        "forward": ("转发 传递", "forward share"),
        "globe": ("网站 全球 外部", "globe web international"),
    },
    ("单据与文件", "Papers"): {
        "contract": ("合同 协议", "contract agreement"),
        "ticket": ("工单 票 券", "ticket case"),
        "file": ("文件 文档", "file document"),
        "list": ("列表 清单 记录", "list records"),
        "table": ("表格 明细", "table sheet"),
        "archive": ("存档 归档 档案", "archive"),
        "book": ("书 手册 知识 培训", "book manual knowledge training"),
        "bookmark": ("书签 收藏", "bookmark"),
        "stamp": ("印章 审批 盖章", "stamp approval seal"),
        "pen": ("签名 签字 笔 填写", "pen signature write"),
        "clipboard": ("登记 检查 问卷 巡检", "clipboard survey inspection"),
        "printer": ("打印", "print printer"),
        "image": ("图片 照片", "image picture photo"),
        "camera": ("拍照 相机", "camera"),
        "paperclip": ("附件", "attachment"),
        "inbox": ("收件 收集", "inbox intake"),
        "card": ("名片 卡 证件", "card business id"),
        "tag": ("标签 分类", "tag label"),
        "text": ("文本 说明", "text note"),
    },
    ("钱与货", "Money and goods"): {
        "coin": ("钱 金额 收款 回款", "coin money payment"),
        "wallet": ("钱包 费用 报销", "wallet expense"),
        "receipt": ("发票 收据 小票 账单", "receipt invoice bill"),
        "calculator": ("计算 预算 报价", "calculator budget quote"),
        "percent": ("折扣 比例 税", "percent discount tax"),
        "scales": ("法务 合规 天平", "scales legal compliance"),
        "cart": ("采购 购物 订单", "cart order purchase"),
        "truck": ("物流 发货 运输", "truck delivery logistics"),
        "box": ("产品 货物 库存 箱子", "product stock box"),
        "warehouse": ("仓库 入库 出库", "warehouse storage"),
        "factory": ("工厂 生产 制造", "factory production"),
        "hash": ("编号 序号 数量", "number hash"),
    },
    ("时间与任务", "Time and tasks"): {
        "task": ("待办 任务 勾选", "task to-do check"),
        "calendar": ("日历 日程 排班 请假", "calendar schedule leave"),
        "clock": ("时间 考勤 时钟", "clock time attendance"),
        "hourglass": ("等待 时长 到期", "hourglass waiting duration"),
        "timeline": ("时间线 进度", "timeline progress"),
        "flow": ("流程 审批", "flow process approval"),
        "branch": ("分支 规则", "branch rule"),
        "flag": ("里程碑 旗 重点", "flag milestone"),
        "target": ("目标 指标", "target goal"),
        "history": ("历史 回访 记录", "history"),
        "refresh": ("循环 更新 续约", "refresh renewal"),
    },
    ("分析", "Insight"): {
        "board": ("看板 报表 统计", "board report statistics"),
        "chart": ("图表 分析 趋势", "chart trend analysis"),
        "sigma": ("合计 汇总", "sum total"),
        "pulse": ("监控 动态 活跃", "pulse monitor activity"),
        "search": ("搜索 查询", "search"),
        "spark": ("智能 亮点 自动", "spark smart automatic"),
        "bulb": ("想法 建议 创意", "idea suggestion bulb"),
        "swords": ("竞品 竞争", "competitor rivals"),
        "star": ("星 评价 重要", "star rating favourite"),
    },
    ("安全与设施", "Safety and places"): {
        "shield": ("安全 保障 质检", "shield safety quality"),
        "lock": ("锁 加密 保密", "lock sealed secret"),
        "key": ("钥匙 权限", "key permission"),
        "eye": ("查看 监督", "eye view supervision"),
        "warning": ("风险 警告 异常", "warning risk"),
        "location": ("地点 拜访 位置", "location visit place"),
        "map": ("地图 区域 路线", "map region route"),
        "car": ("车辆 用车", "car vehicle"),
        "plane": ("出差 旅行 航班", "plane travel trip"),
        "cup": ("接待 招待 休息", "cup hospitality break"),
        "wrench": ("维修 设备 工具", "wrench repair equipment tool"),
        "settings": ("设置 配置", "settings"),
        "link": ("链接 关联", "link"),
        "external": ("外部链接", "external"),
        "grid": ("应用 全部", "apps grid"),
        "sun": ("太阳 早班", "sun morning"),
        "moon": ("月亮 夜班", "moon night"),
    },
}


@dataclass(frozen=True, slots=True)
class IconChoice:
    """`label` in the reader's language; `find`: every way it may be typed."""

    name: str
    label: str
    find: str


@dataclass(frozen=True, slots=True)
class IconGroup:
    label: str
    icons: tuple[IconChoice, ...]


@cache
def icon_groups(language: str) -> tuple[IconGroup, ...]:
    """All that may be chosen, for a reader of `zh` or `en`."""
    place = 0 if language.startswith("zh") else 1
    return tuple(
        IconGroup(group[place], tuple(_choice(name, words, place) for name, words in icons.items()))
        for group, icons in GROUPS.items()
    )


def icon_label(name: str, language: str) -> str:
    """What an icon is called; its name where it is no choice."""
    choices = {one.name: one.label for group in icon_groups(language) for one in group.icons}
    return choices.get(name, name)


def _choice(name: str, words: tuple[str, str], place: int) -> IconChoice:
    spelled = (
        spelling for word in (name, *words[0].split(), *words[1].split()) for spelling in readings(word)
    )
    return IconChoice(name, words[place].split()[0], " ".join(dict.fromkeys(spelled)))
