package quality_test

import (
	"fmt"
	"slices"
	"strings"
)

var naiveMoney = []string{"requested_yuan", "approved_yuan", "this_year_yuan", "amount_yuan", "tech_amount_yuan"}

var naiveMoneyTypes = []string{
	"ProjectSubmitted", "ProjectStageChanged", "SubsidyApplied", "SubsidyDecided", "SubsidyDisbursed", "AchievementConverted", "TechContractRegistered",
}

func naiveLike(f *live) string {
	if p := f.str("programme"); p != "" {
		return p
	}
	return f.str("kind") + "/" + f.str("level")
}

func (n *naive) amountOf(f *live) {
	if !slices.Contains(naiveMoneyTypes, f.typ) {
		return
	}
	for _, field := range naiveMoney {
		x := f.fen(field)
		if x > 0 && x < 100_00 {
			n.add("DQ-09/amount_small", "warn", f)
		}
		if x <= 0 {
			continue
		}
		var others []*live
		var amounts []int64
		for _, o := range n.of(f.typ) {
			if o != f && naiveLike(o) == naiveLike(f) && o.fen(field) > 0 {
				others, amounts = append(others, o), append(amounts, o.fen(field))
			}
		}
		slices.Sort(amounts)
		k := len(amounts)
		about := []*live{f}
		if k < 3 {
			about = append(about, others...)
		}
		if k >= 1 && x >= 100_00 && x <= amounts[(k-1)/2]/10_000 {
			n.add("DQ-09/amount_low", "warn", about...)
		}
		if k >= 2 && x/10_000 >= amounts[k/2] {
			n.add("DQ-09/amount_high", "warn", about...)
		}
	}
}

// steps are the facts of a project or subsidy, by day.
func (n *naive) steps(id, field string, types ...string) (list []*live) {
	for _, f := range n.of(types...) {
		if f.str(field) == id {
			list = append(list, f)
		} else if f.str(field) == "" && field == "project_id" {
			for _, e := range f.entities() {
				if textOf(e, "project_id") == id {
					list = append(list, f)
					break
				}
			}
		}
	}
	return byDate(list)
}

func (n *naive) cases() {
	for _, id := range []string{"p1", "p2"} {
		n.projectCase(n.steps(id, "project_id", "ProjectSubmitted", "ProjectStageChanged"))
	}
	for _, id := range []string{"s1", "s2"} {
		n.subsidyCase(n.steps(id, "subsidy_id", "SubsidyApplied", "SubsidyDecided", "SubsidyDisbursed"))
	}
}

var naiveRank = map[string]int{"proposal": 1, "application": 2, "review": 3, "approved": 4, "rejected": 4, "in_progress": 6, "accepted": 7, "terminated": 7}

func stageOf(f *live) string {
	if f.typ == "ProjectSubmitted" {
		return f.str("stage")
	}
	return f.str("to_stage")
}

func (n *naive) projectCase(steps []*live) {
	submitted := slices.ContainsFunc(steps, func(f *live) bool { return f.typ == "ProjectSubmitted" || naiveRank[stageOf(f)] <= 2 })
	if i := slices.IndexFunc(steps, func(f *live) bool { return f.typ == "ProjectStageChanged" }); i >= 0 && !submitted {
		n.add("DQ-11/decided_without_submission", "warn", steps[i])
	}
	var top *live
	for _, f := range steps {
		switch {
		case top == nil || naiveRank[stageOf(f)] >= naiveRank[stageOf(top)]:
			top = f
		case f.day.Equal(top.day):
		case (stageOf(top) == "rejected" || stageOf(top) == "terminated") && naiveRank[stageOf(f)] <= 3:
			top = f
		default:
			n.add("DQ-11/stage_order", "warn", f, top)
		}
	}
	most := n.most(steps, "ProjectSubmitted", "requested_yuan")
	for _, f := range steps {
		if f.typ != "ProjectStageChanged" {
			continue
		}
		if most != nil && f.fen("approved_yuan") > most.fen("requested_yuan") {
			n.add("DQ-11/approved_over_requested", "error", f, most)
		}
		if f.fen("approved_yuan") >= 0 && f.fen("this_year_yuan") > f.fen("approved_yuan") {
			n.add("DQ-11/year_over_approved", "error", f)
		}
	}
	n.submissions(steps, "ProjectSubmitted", func(f *live) string { return f.str("project_id") })
}

// most is the first fact, in the log, of a type with the largest amount. Which of several equal ones is named hangs on the order in
// which a case is looked at: a project's in the log, a subsidy's by day.
func (n *naive) most(steps []*live, typ, field string) (most *live) {
	steps = slices.Clone(steps)
	if typ == "ProjectSubmitted" {
		slices.SortFunc(steps, func(a, b *live) int { return a.n - b.n })
	}
	for _, f := range steps {
		if f.typ == typ && f.fen(field) >= 0 && (most == nil || f.fen(field) > most.fen(field)) {
			most = f
		}
	}
	return most
}

// said is what a fact says, aside from where that is from.
func said(f *live) string {
	var parts []string
	for name, v := range f.data {
		if name != "note" && name != "source_ref" && name != "evidence" {
			parts = append(parts, fmt.Sprintf("%s=%v", name, v))
		}
	}
	slices.Sort(parts)
	return f.typ + f.day.String() + strings.Join(parts, ";")
}

func (n *naive) submissions(steps []*live, typ string, number func(*live) string) {
	inLog := slices.Clone(steps)
	if typ == "ProjectSubmitted" {
		slices.SortFunc(inLog, func(a, b *live) int { return a.n - b.n })
	}
	first := map[string]*live{}
	for _, f := range inLog {
		if f.typ != typ || number(f) == "" {
			continue
		}
		if o := first[stageOf(f)]; o == nil {
			first[stageOf(f)] = f
		} else if said(o) != said(f) {
			n.add("DQ-13/submitted_twice", "error", f, o)
		}
	}
}

func (n *naive) subsidyCase(steps []*live) {
	find := func(is func(*live) bool) *live {
		if i := slices.IndexFunc(steps, is); i >= 0 {
			return steps[i]
		}
		return nil
	}
	applied := find(func(f *live) bool { return f.typ == "SubsidyApplied" })
	approved := find(func(f *live) bool { return f.typ == "SubsidyDecided" && f.str("decision") == "approved" })
	rejected := find(func(f *live) bool { return f.typ == "SubsidyDecided" && f.str("decision") == "rejected" })
	firstDecision, firstPayment := find(func(f *live) bool { return f.typ == "SubsidyDecided" }), find(func(f *live) bool { return f.typ == "SubsidyDisbursed" })
	most := n.most(steps, "SubsidyApplied", "requested_yuan")
	for _, f := range steps {
		switch f.typ {
		case "SubsidyDecided":
			if applied == nil && f == firstDecision {
				n.add("DQ-11/decided_without_submission", "warn", f)
			}
			if applied != nil && f.day.Before(applied.day) {
				n.add("DQ-11/decided_before_application", "warn", f, applied)
			}
			if most != nil && f.fen("approved_yuan") > most.fen("requested_yuan") {
				n.add("DQ-11/approved_over_requested", "error", f, most)
			}
		case "SubsidyDisbursed":
			switch {
			case approved == nil && rejected != nil && f == firstPayment:
				n.add("DQ-11/paid_though_rejected", "error", f, rejected)
			case approved == nil && rejected == nil && f == firstPayment:
				n.add("DQ-11/paid_without_approval", "warn", f)
			case approved != nil && f.day.Before(approved.day):
				n.add("DQ-11/paid_before_approval", "warn", f, approved)
			}
		}
	}
	n.allPaid(steps, most)
	n.submissions(steps, "SubsidyApplied", func(f *live) string { return f.str("subsidy_id") })
}

func (n *naive) allPaid(steps []*live, most *live) {
	var granted, paid int64
	var grants, payments []*live
	for _, f := range steps {
		again := func(o *live) bool { return o.day.Equal(f.day) }
		part := func(o *live) bool { return f.num("seq", 0) > 0 && o.num("seq", 0) == f.num("seq", 0) }
		switch {
		case f.typ == "SubsidyDecided" && f.str("decision") == "approved" && f.fen("approved_yuan") >= 0 && !slices.ContainsFunc(grants, again):
			grants, granted = append(grants, f), granted+f.fen("approved_yuan")
		case f.typ == "SubsidyDisbursed" && f.fen("amount_yuan") >= 0 && !slices.ContainsFunc(payments, part):
			payments, paid = append(payments, f), paid+f.fen("amount_yuan")
		}
	}
	if len(grants) == 0 && most != nil {
		grants, granted = []*live{most}, most.fen("requested_yuan")
	}
	if len(grants) > 0 && len(payments) > 0 && paid > granted {
		n.add("DQ-11/paid_over_approved", "error", append([]*live{payments[len(payments)-1]}, append(grants, payments...)...)...)
	}
}
