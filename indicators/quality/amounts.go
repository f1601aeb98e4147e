package quality

import (
	"cmp"

	"github.com/kaohe/kaohe/events"
)

var (
	amountSmall = newCheck("DQ-09", "amount_small", Warn,
		"若确是万元，用 kaohe correct 更正，金额可直接写 18万元。",
		"If it was meant in 万元, correct it with kaohe correct; an amount may be written as 18万元.")
	amountLow = newCheck("DQ-09", "amount_low", Warn,
		"若确是万元当成了元，用 kaohe correct 更正，金额可直接写 1800万元。",
		"If 万元 was taken for yuan, correct it with kaohe correct; an amount may be written as 1800万元.")
	amountHigh = newCheck("DQ-09", "amount_high", Warn,
		"若确是元当成了万元，用 kaohe correct 更正。",
		"If yuan was taken for 万元, correct it with kaohe correct.")
)

// moneyFields are the amounts in events, and what they are called.
var moneyFields = []struct {
	name string
	text events.Text
}{
	{"requested_yuan", events.Text{ZH: "申报金额", EN: "the amount requested"}},
	{"approved_yuan", events.Text{ZH: "批准金额", EN: "the amount approved"}},
	{"this_year_yuan", events.Text{ZH: "本年度资金", EN: "the amount of this year"}},
	{"amount_yuan", events.Text{ZH: "金额", EN: "the amount"}},
	{"tech_amount_yuan", events.Text{ZH: "技术交易额", EN: "the amount for technology"}},
}

// readAmounts notes the amounts of an event among those of their like: of one type and field, and one programme, or else one kind
// and level. Nothing is said of 0.
func readAmounts(r *reading) {
	like := cmp.Or(r.data.text("programme"), r.data.text("kind")+"/"+r.data.text("level"))
	for i, field := range moneyFields {
		m, ok := r.data.money(field.name)
		if !ok || m == 0 {
			continue
		}
		if m < r.plan.Quality.LeastAmount {
			r.odd(amountSmall, "%s %s，过小；是不是 %s？", "%s, %s, is very small; did you mean %s?", field.text, m, m*slip)
		}
		key := string(rune('0'+i)) + r.typ + "/" + like
		r.entries = append(r.entries, amountEntry{r.state.amounts, key, amount{m, r.place}})
	}
}

// amount is an amount among its like.
type amount struct {
	fen events.Money
	place
}

func (a amount) compare(o amount) int {
	return cmp.Or(cmp.Compare(a.fen, o.fen), cmp.Compare(a.at, o.at))
}

// amounts is the board of amounts, each group in order of size. What is far from the middle stands at its ends, so that a group
// of a million is judged as fast as one of ten.
type amounts struct {
	id     uint8
	least  events.Money // smaller ones were found to be odd already
	groups map[string]*sorted[amount]
}

type amountEntry struct {
	amounts *amounts
	key     string
	amount  amount
}

func (e amountEntry) touch(each func(ref)) { each(ref{e.amounts.id, e.key}) }

func (e amountEntry) put() bool {
	group := e.amounts.groups[e.key]
	if group == nil {
		group = &sorted[amount]{compare: amount.compare}
		e.amounts.groups[e.key] = group
	}
	return group.put(e.amount)
}

func (e amountEntry) take() bool {
	group := e.amounts.groups[e.key]
	if group == nil || !group.take(e.amount) {
		return false
	}
	if group.size == 0 {
		delete(e.amounts.groups, e.key)
	}
	return true
}

const (
	maxOutliers = 100 // amounts at either end that are looked at
	manyLike    = 3   // from so many others on a finding names their median only, and not each of them
)

// judge finds amounts of which the median of the others is 10^4 times as large or as small: DQ-09 of DOMAIN 4.4. Where there are
// two medians the nearer one decides. Of two amounts alone the small one is held against the large one: more often
// somebody enters 1800 for 1800 万元 than the other way round.
func (a *amounts) judge(key string, b *bench) {
	group := a.groups[key]
	if group == nil {
		return
	}
	field := moneyFields[key[0]-'0'].text
	others := group.size - 1
	for i := range min(group.size, maxOutliers) {
		x := group.at(i)
		if others < 1 {
			break
		}
		if x.fen < a.least {
			continue
		}
		median := group.without(i, (others-1)/2).fen
		if x.fen > median/slip {
			break
		}
		b.about(amountLow, x.place, func() events.Text {
			return textf("%s %s，是同类中位数 %s的万分之一或更少；是不是 %s？", "%s, %s, is a ten-thousandth of the median of its like (%s) or less; did you mean %s?",
				field, x.fen, median, x.fen*slip)
		}, few(group, i)...)
	}
	for i := group.size - 1; i >= max(group.size-maxOutliers, 0) && others >= 2; i-- {
		x := group.at(i)
		median := group.without(i, others/2).fen
		if x.fen/slip < median {
			break
		}
		b.about(amountHigh, x.place, func() events.Text {
			return textf("%s %s，是同类中位数 %s的一万倍以上；是不是 %s？", "%s, %s, is ten thousand times the median of its like (%s) or more; did you mean %s?",
				field, x.fen, median, x.fen/slip)
		}, few(group, i)...)
	}
}

// few returns the others if they are few: then the finding is about them as much.
func few(group *sorted[amount], i int) (others []place) {
	if group.size > manyLike {
		return nil
	}
	for n := range group.size - 1 {
		others = append(others, group.without(i, n).place)
	}
	return others
}
