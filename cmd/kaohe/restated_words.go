package main

import (
	"math/big"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
)

// causeWords are what a clerk calls the causes of a restatement, and what they mean.
var causeWords = map[indicators.Cause]struct{ word, means events.Text }{
	indicators.BySoftware:   {events.Text{ZH: "程序", EN: "software"}, events.Text{ZH: "同样的方案和数据，这一版程序算出的不同", EN: "this version computes another figure from the same plan and facts"}},
	indicators.ByDefinition: {events.Text{ZH: "口径", EN: "definition"}, events.Text{ZH: "方案或单位体系改了", EN: "the plan or the tree of units has changed"}},
	indicators.ByCutoff:     {events.Text{ZH: "截止日", EN: "cut-off"}, events.Text{ZH: "报出时截至的日子与现在不同", EN: "the published figures were of another day"}},
	indicators.ByLate:       {events.Text{ZH: "迟到", EN: "late"}, events.Text{ZH: "锁定后才登记的事实", EN: "facts recorded after the closing"}},
	indicators.ByVoid:       {events.Text{ZH: "作废", EN: "voided"}, events.Text{ZH: "作废的事实，或作废后恢复的", EN: "facts that were voided, or brought back"}},
	indicators.ByCorrection: {events.Text{ZH: "更正", EN: "corrected"}, events.Text{ZH: "更正的事实", EN: "facts that were corrected"}},
	indicators.ByTarget:     {events.Text{ZH: "目标", EN: "target"}, events.Text{ZH: "下达、更正或作废的目标", EN: "targets that were set, corrected or voided"}},
	indicators.ByReference:  {events.Text{ZH: "参照值", EN: "reference"}, events.Text{ZH: "登记、更正或作废的参照值", EN: "reference values that were set, corrected or voided"}},
}

// figureWords name the figures that a restatement follows.
var figureWords = map[indicators.Followed]events.Text{
	"quarter_value":  {ZH: "本季", EN: "quarter"},
	"quarter_target": {ZH: "本季目标", EN: "quarter's target"},
	"quarter_gap":    {ZH: "本季尚差", EN: "quarter's gap"},
	"year_value":     {ZH: "本年累计", EN: "to date"},
	"year_target":    {ZH: "年度目标", EN: "year's target"},
}

// writing writes the figures of one indicator so that they add up as they stand: none is rounded, and all amounts are in yuan
// where one of them would lose something in a larger unit.
type writing struct {
	lang     events.Lang
	decimals int
	money    bool
	yuan     bool
}

func (c *cli) writing(ind *api.RestatedIndicator) writing {
	w := writing{lang: c.lang, decimals: ind.Decimals, money: ind.Money}
	note := func(n indicators.Number) { w.yuan = w.yuan || w.money && !wholeMoney(n, c.lang) }
	for _, f := range ind.Figures {
		note(f.Published)
		note(f.Current)
		for _, by := range f.Causes {
			note(by)
		}
	}
	for _, e := range ind.Events {
		for _, change := range e.Changes {
			note(change.By)
			note(change.After)
		}
	}
	return w
}

// wholeMoney reports whether [indicators.Number.MoneyText] writes all of an amount.
func wholeMoney(n indicators.Number, lang events.Lang) bool {
	r := rational(n)
	if r == nil {
		return true
	}
	size := new(big.Rat).Abs(r)
	for _, unit := range []struct {
		lang  events.Lang
		from  int64 // amounts that are written in a unit
		grain int64 // and the smallest part that is written
	}{{events.Chinese, 1e8, 1e6}, {events.Chinese, 0, 1}, {events.English, 1e9, 1e5}, {events.English, 1e6, 100}} {
		if unit.lang == lang && size.Cmp(big.NewRat(unit.from, 1)) >= 0 {
			return new(big.Rat).Quo(size, big.NewRat(unit.grain, 1)).IsInt()
		}
	}
	return true
}

func (w writing) number(n indicators.Number) string {
	_, frac, _ := strings.Cut(n.String(), ".")
	switch {
	case !n.Known():
		return indicators.Unknown
	case w.yuan:
		return n.Text(2, w.lang) + events.Text{ZH: "元", EN: " yuan"}.In(w.lang)
	case w.money:
		return n.MoneyText(w.lang)
	}
	return n.Text(max(w.decimals, len(frac)), w.lang)
}

// change writes a difference with its sign.
func (w writing) change(n indicators.Number) string {
	if n.Sign() > 0 {
		return "+" + w.number(n)
	}
	return w.number(n)
}
