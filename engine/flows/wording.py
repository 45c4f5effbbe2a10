"""Words of the flows' room, in both languages: states, actions, reasons, titles of what people are sent."""

from __future__ import annotations

from collections.abc import Mapping

from metamodel.labels import Label, label_text

WORDS: Mapping[str, tuple[str, str]] = {
    # states
    "running": ("审批中", "Running"),
    "returned": ("已退回", "Sent back"),
    "approved": ("已通过", "Approved"),
    "rejected": ("已驳回", "Rejected"),
    "finished": ("已结束", "Finished"),
    "withdrawn": ("已撤回", "Withdrawn"),
    # actions
    "start": ("发起", "Started"),
    "approve": ("同意", "Approve"),
    "reject": ("驳回", "Reject"),
    "return": ("退回修改", "Send back"),
    "resubmit": ("重新提交", "Hand in again"),
    "withdraw": ("撤回", "Withdraw"),
    "transfer": ("转交", "Hand over"),
    "add_before": ("前加签", "Ask others first"),
    "add_after": ("同意并加签", "Approve, others after"),
    "again": ("加签的人已同意，请您审批", "Those who were asked first have agreed; it is your turn"),
    "remind": ("催办", "Remind"),
    "comment": ("评论", "Comment"),
    "ask": ("送审", "Asked"),
    "wait": ("等待", "Waits"),
    "expire": ("到时", "Time is up"),
    "skip": ("已同意过，自动通过", "Approved before, passed"),
    "pass": ("执行", "Done"),
    "escalate": ("逾期升级", "Escalated"),
    "reassign": ("改由他人办理", "Given to others"),
    "end": ("结束", "Ended"),
    # why somebody else was asked
    "nobody": ("原定的审批人空缺，由您代为审批", "There was nobody to ask, so it came to you"),
    "himself": (
        "原定的审批人是申请人自己，由您代为审批",
        "It would have been the applicant himself, so it came to you",
    ),
    "otherwise": ("否则", "Otherwise"),
}
TITLES: Mapping[str, tuple[str, str]] = {
    "approved": ("已通过：{}", "Approved: {}"),
    "rejected": ("被驳回：{}", "Rejected: {}"),
    "finished": ("已结束：{}", "Finished: {}"),
    "add_before_note": ("{} 请您先审批，之后再由其审批", "{} asks you to decide before them"),
    "add_after_note": ("{} 已同意，请您接着审批", "{} has approved and asks you to decide as well"),
    "returned_title": ("请修改后重新提交：{}", "Please change and hand in again: {}"),
    "hurry": ("催办：{}", "A reminder: {}"),
    "overdue": ("下属逾期未审批：{}", "Not answered in time: {}"),
}


def label(word: str) -> dict[str, str]:
    """In both languages; a word nobody knows (an outcome of a plugin's) says itself."""
    zh, en = WORDS.get(word, (word, word))
    return {"zh": zh, "en": en}


def said(word: str, language: str) -> str:
    return label_text(label(word), language, word)


def titled(word: str, of: Label) -> dict[str, str]:
    zh, en = TITLES[word]
    return {"zh": zh.format(label_text(of, "zh")), "en": en.format(label_text(of, "en"))}
