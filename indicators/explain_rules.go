package indicators

import (
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/projections"
)

// rules say each verdict in a sentence; @ stands for the position of another event.
var rules = map[projections.Verdict]events.Text{
	projections.Counted:         {ZH: "计入", EN: "counted"},
	projections.Duplicate:       {ZH: "重复，已在 @ 登记", EN: "recorded already as @"},
	projections.Voided:          {ZH: "被 @ 作废", EN: "voided by @"},
	projections.CorrectedUnit:   {ZH: "被 @ 更正到别的单位", EN: "moved to another unit by @"},
	projections.CorrectedSpan:   {ZH: "被 @ 更正到别的时段", EN: "moved to another period by @"},
	projections.CorrectedFilter: {ZH: "被 @ 更正后不符合筛选条件", EN: "no longer passes the filter since @"},
	projections.Filtered:        {ZH: "不符合筛选条件", EN: "does not pass the filter"},
	projections.Unusable:        {ZH: "方案读不懂，已隔离", EN: "the plan cannot read it; quarantined"},
	projections.CountUnknown:    {ZH: "数量不详，只留痕不计数", EN: "number unknown: recorded, counts nothing"},
	projections.SameFact:        {ZH: "与 @ 是同一件事", EN: "same fact as @"},
	projections.OutsideSpan:     {ZH: "在截至日期之后", EN: "after the as-of day"},
	projections.NoAmount:        {ZH: "没有填写要相加的数", EN: "no amount filled in"},
	projections.SameThing:       {ZH: "同一对象已随 @ 计入", EN: "same thing as counted with @"},
	projections.Lapsed:          {ZH: "已过期限", EN: "lapsed"},
	projections.Closed:          {ZH: "已被 @ 终止", EN: "ended by @"},
	projections.NotYet:          {ZH: "当日尚未生效", EN: "not yet in force"},
	projections.HoldsLater:      {ZH: "凭 @ 届时仍有效", EN: "will still hold by @"},
	projections.NotListed:       {ZH: "不在名录上", EN: "not on the list"},
	projections.Ends:            {ZH: "终止了 @", EN: "ends @"},
	projections.EndsNothing:     {ZH: "没有可终止的", EN: "nothing in force to end"},
	projections.NamesNone:       {ZH: "没有写明终止哪一个", EN: "does not name what it ends"},
	projections.Superseded:      {ZH: "以 @ 为准", EN: "superseded by @"},
	projections.OtherUnit:       {ZH: "由下级各单位的数相加，不用本条", EN: "not used: the units below are added up"},
	verdictNoStage:              {ZH: "不是所列阶段", EN: "not one of the stages"},
}

// rule says what became of an event. Where it is not known which other event did it, the sentence does without.
func rule(ev *projections.Evidence) events.Text {
	text := rules[ev.Verdict]
	if at := positionOf(ev.By); at != "" {
		return events.Text{ZH: strings.ReplaceAll(text.ZH, "@", at), EN: strings.ReplaceAll(text.EN, "@", at)}
	}
	if ev.Verdict == projections.HoldsLater {
		return events.Text{ZH: "届时仍有效", EN: "will still hold then"}
	}
	return events.Text{ZH: strings.ReplaceAll(text.ZH, "@", "另一事件"), EN: strings.ReplaceAll(text.EN, "@", "another event")}
}
