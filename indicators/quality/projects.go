package quality

import "github.com/kaohe/kaohe/events"

var (
	approvedOverRequested = newCheck("DQ-11", "approved_over_requested", Error,
		"核对申报金额和批准金额的单位和数额。",
		"Check both amounts and their units.")
	yearOverApproved = newCheck("DQ-11", "year_over_approved", Error,
		"核对：本年度资金是批准资金的一部分。",
		"Check both: the amount of the year is part of the amount approved.")
	decidedUnsubmitted = newCheck("DQ-11", "decided_without_submission", Warn,
		"补登申报，或核对项目、补助的编号。",
		"Record the submission, or check the id of the project or subsidy.")
	stagesReversed = newCheck("DQ-11", "stage_order", Warn,
		"核对两条的日期和阶段。",
		"Check the days and stages of both.")
	submittedTwice = newCheck("DQ-13", "submitted_twice", Error,
		"两条只计先登记的一条，内容却不同：作废或更正其中一条，或换一个编号。",
		"Only the one recorded first counts, but they differ: void or correct one of them, or give it another id.")
)

func readProject(r *reading) {
	f := caseFact{place: r.place, day: r.day, money: -1, year: -1}
	if r.typ == "ProjectStageChanged" {
		f.what, f.stage = caseDecided, stages[r.data.text("to_stage")]
		f.money, f.year = r.amountOf("approved_yuan"), r.amountOf("this_year_yuan")
	} else {
		f.stage, f.money, f.content = stages[r.data.text("stage")], r.amountOf("requested_yuan"), r.content()
	}
	if id := r.data.text("project_id"); id != "" {
		add(r, r.projects, id, f)
		return
	}
	f.content = 0 // joint: one event names several projects, and the same one may come again in another
	for _, firm := range r.data.objects("entities") {
		if id := firm.text("project_id"); id != "" {
			add(r, r.projects, id, f)
		}
	}
}

// judgeProject holds the stages of a project and their amounts against each other: DQ-11 of DOMAIN 4.4, and DQ-13 for its number. Of a
// joint application the amount is that of all together, so that each project's must not exceed it.
func judgeProject(b *bench, id string, facts []caseFact) {
	judgeStages(b, id, byDay(facts))
	most := asked(facts)
	for i := range facts {
		f := &facts[i]
		if f.what != caseDecided {
			continue
		}
		if most != nil && f.money > most.money {
			b.about(approvedOverRequested, f.place, func() events.Text {
				return textf("项目 %s 批准 %s，超过申报的 %s", "project %s was granted %s, more than the %s requested", id, f.money, most.money)
			}, most.place)
		}
		if f.money >= 0 && f.year > f.money {
			b.about(yearOverApproved, f.place, func() events.Text {
				return textf("项目 %s 本年度资金 %s 超过批准资金 %s", "project %s has %s in the year, more than the %s granted", id, f.year, f.money)
			})
		}
	}
	judgeSubmissions(b, id, facts)
}

// judgeStages finds what comes before what it follows from. After a refusal or an end a project may begin anew.
func judgeStages(b *bench, id string, facts []caseFact) {
	submitted := first(facts, func(f *caseFact) bool { return f.what == caseSubmitted || f.stage == 1 || f.stage == 2 })
	if f := first(facts, func(f *caseFact) bool { return f.what == caseDecided }); f != nil && submitted == nil {
		b.about(decidedUnsubmitted, f.place, func() events.Text {
			return textf("项目 %s 有阶段变更，但没有申报记录", "project %s changed its stage, but no submission of it is recorded", id)
		})
	}
	var far *caseFact // the furthest stage so far, by the last event that has it
	for i := range facts {
		f, o := &facts[i], far
		switch {
		case f.stage == 0:
		case o == nil || rank(f.stage) >= rank(o.stage):
			far = f
		case f.day == o.day:
		case (o.stage == stageRejected || o.stage == stageTerminated) && rank(f.stage) < stageApproved:
			far = f
		default:
			b.about(stagesReversed, f.place, func() events.Text {
				return textf("项目 %s 在 %v 的阶段早于它在 %v 已到的阶段", "project %s was on %v at an earlier stage than on %v already", id, f.day, o.day)
			}, o.place)
		}
	}
}

// judgeSubmissions finds applications with the same number and stage that say different things: figures take the first one.
func judgeSubmissions(b *bench, id string, facts []caseFact) {
	var byStage [stageTerminated + 1]*caseFact
	for i := range facts {
		f := &facts[i]
		if f.what != caseSubmitted || f.content == 0 {
			continue
		}
		o := byStage[f.stage]
		if o == nil {
			byStage[f.stage] = f
		} else if o.content != f.content {
			b.about(submittedTwice, f.place, func() events.Text {
				return textf("编号 %s 的申报已登记过（%v），内容不同", "an application %s is recorded already (%v), and says something else", id, o.at)
			}, o.place)
		}
	}
}
