"""Around a record: deleting and restoring it, comments on it; and publishing while others work."""

from __future__ import annotations

from metamodel.texts.entry import Texts

TEXTS = {
    "app.busy": Texts(
        "有人正在长时间读取这些数据，暂时不能改表", "Somebody reads this data at length; its tables cannot change now",
        "稍后再发布一次", "Publish again in a moment", status=409,
    ),
    # comment
    "comment.unknown": Texts(
        "评论不存在，或不是您写的", "There is no such comment, or it is not yours", status=404
    ),
    # deleting
    "record.evidence_stays": Texts(
        "存证表单的记录不能删除", "Records of an archive cannot be deleted",
        "到期后由保存规则销毁", "Retention rules shred them in time", status=409,
    ),
    "record.held": Texts("此记录正在保全，不能删除", "This record is on hold and cannot be deleted", status=409),
    "record.kept": Texts(
        "按保存规则，此记录还不能删除", "A retention rule keeps this record: it cannot be deleted yet", status=409
    ),
    "record.in_flow": Texts(
        "此记录的流程“{flow}”还没有结束", "The flow “{flow}” of this record is still running",
        "先撤回或办结流程", "Withdraw or finish it first", status=409,
    ),
    "record.taken": Texts(
        "“{field}”的值“{value}”已被另一条记录使用，不能恢复",
        "Another record has “{value}” as “{field}” by now: this one cannot come back",
        "先改掉那一条", "Change the other one first", status=409,
    ),
    "record.not_deleted": Texts(
        "回收站里没有记录“{record}”", "There is no record “{record}” in the recycle bin", status=404
    ),
}  # fmt: skip
