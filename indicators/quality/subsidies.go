package quality

import "github.com/kaohe/kaohe/events"

var (
	paidOverApproved = newCheck("DQ-11", "paid_over_approved", Error,
		"核对批准金额和各次拨付的金额。",
		"Check the amount approved and those of all payments.")
	paidRejected = newCheck("DQ-11", "paid_though_rejected", Error,
		"核对审批结果和补助编号。",
		"Check the decision and the id of the subsidy.")
	paidUnapproved = newCheck("DQ-11", "paid_without_approval", Warn,
		"补登审批（SubsidyDecided），或核对补助编号。",
		"Record the decision (SubsidyDecided), or check the id of the subsidy.")
	paidEarly = newCheck("DQ-11", "paid_before_approval", Warn,
		"核对拨付和审批的日期。",
		"Check the days of the payment and of the decision.")
	decidedEarly = newCheck("DQ-11", "decided_before_application", Warn,
		"核对审批和申报的日期。",
		"Check the days of the decision and of the application.")
	technologyOverAmount = newCheck("DQ-11", "technology_over_amount", Error,
		"核对：技术交易额是成交额的一部分。",
		"Check both: the amount for technology is part of the contract's.")
)

func readSubsidy(r *reading) {
	id := r.data.text("subsidy_id")
	if id == "" {
		return
	}
	f := caseFact{place: r.place, day: r.day, year: -1}
	switch r.typ {
	case "SubsidyApplied":
		f.stage, f.money, f.content = stages["application"], r.amountOf("requested_yuan"), r.content()
	case "SubsidyDecided":
		f.what, f.stage, f.money = caseDecided, stages[r.data.text("decision")], r.amountOf("approved_yuan")
	default:
		part, _ := r.data.number("seq")
		f.what, f.part, f.money = casePaid, int32(part), r.amountOf("amount_yuan")
	}
	add(r, r.subsidies, id, f)
}

// readContract holds the two amounts of a contract against each other.
func readContract(r *reading) {
	whole, part := r.amountOf("amount_yuan"), r.amountOf("tech_amount_yuan")
	if whole >= 0 && part > whole {
		r.odd(technologyOverAmount, "合同 %s 的技术交易额 %s 超过成交额 %s", "contract %s has %s for technology, more than its whole amount of %s",
			r.data.text("contract_no"), part, whole)
	}
}

// judgeSubsidy holds the steps of a subsidy and their amounts against each other: DQ-11 of DOMAIN 4.4, and DQ-13 for its number.
func judgeSubsidy(b *bench, id string, facts []caseFact) {
	facts = byDay(facts)
	applied := first(facts, func(f *caseFact) bool { return f.what == caseSubmitted })
	approved := first(facts, func(f *caseFact) bool { return f.what == caseDecided && f.stage == stageApproved })
	judgeDecisions(b, id, facts, applied)
	judgePayments(b, id, facts, approved)
	judgeTotalPaid(b, id, facts)
	judgeSubmissions(b, id, facts)
}

func judgeDecisions(b *bench, id string, facts []caseFact, applied *caseFact) {
	most, missed := asked(facts), false
	for i := range facts {
		f := &facts[i]
		if f.what != caseDecided {
			continue
		}
		switch {
		case applied == nil && !missed:
			missed = true
			b.about(decidedUnsubmitted, f.place, func() events.Text {
				return textf("补助 %s 已审批，但没有申报记录", "subsidy %s was decided on, but no application is recorded", id)
			})
		case applied != nil && f.day < applied.day:
			b.about(decidedEarly, f.place, func() events.Text {
				return textf("补助 %s 在 %v 审批，早于申报的 %v", "subsidy %s was decided on %v, before it was applied for on %v", id, f.day, applied.day)
			}, applied.place)
		}
		if most != nil && f.money > most.money {
			b.about(approvedOverRequested, f.place, func() events.Text {
				return textf("补助 %s 批准 %s，超过申报的 %s", "subsidy %s was granted %s, more than the %s requested", id, f.money, most.money)
			}, most.place)
		}
	}
}

func judgePayments(b *bench, id string, facts []caseFact, approved *caseFact) {
	rejected := first(facts, func(f *caseFact) bool { return f.what == caseDecided && f.stage == stageRejected })
	missed := false
	for i := range facts {
		f := &facts[i]
		switch {
		case f.what != casePaid || missed:
		case approved == nil && rejected != nil:
			missed = true
			b.about(paidRejected, f.place, func() events.Text {
				return textf("补助 %s 未获批准，却在 %v 拨付", "subsidy %s was rejected, but paid on %v", id, f.day)
			}, rejected.place)
		case approved == nil:
			missed = true
			b.about(paidUnapproved, f.place, func() events.Text {
				return textf("补助 %s 在 %v 拨付，但没有审批记录", "subsidy %s was paid on %v, but no decision is recorded", id, f.day)
			})
		case f.day < approved.day:
			b.about(paidEarly, f.place, func() events.Text {
				return textf("补助 %s 在 %v 拨付，早于批准的 %v", "subsidy %s was paid on %v, before it was approved on %v", id, f.day, approved.day)
			}, approved.place)
		}
	}
}

// judgeTotalPaid holds all payments against what was approved, or where no approval names an amount, requested. The same fact from
// two sources counts once (SEMANTICS 1.6): approvals of one day, and parts of one number.
func judgeTotalPaid(b *bench, id string, facts []caseFact) {
	var granted, paid events.Money
	days, parts := map[events.Day]bool{}, map[int32]bool{}
	var last *caseFact
	var others []place
	known := false
	for i := range facts {
		f := &facts[i]
		switch {
		case f.money < 0:
		case f.what == caseDecided && f.stage == stageApproved && !days[f.day]:
			days[f.day], known = true, true
			granted += f.money
			others = append(others, f.place)
		case f.what == casePaid && (f.part == 0 || !parts[f.part]):
			parts[f.part] = true
			paid += f.money
			last = f
			others = append(others, f.place)
		}
	}
	if most := asked(facts); !known && most != nil {
		granted, known, others = most.money, true, append(others, most.place)
	}
	if last == nil || !known || paid <= granted {
		return
	}
	others = others[:min(len(others), maxEvents)]
	b.about(paidOverApproved, last.place, func() events.Text {
		return textf("补助 %s 共拨付 %s，超过批准的 %s", "%[2]s were paid of subsidy %[1]s, more than the %[3]s granted", id, paid, granted)
	}, others...)
}
