package catalogue

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kaohe/kaohe/events"
)

// What was expected, where it does not depend on the schema.
var (
	wantDate    = want("a day written as 2018-02-28", "2018-02-28 这样的日期")
	wantMoney   = want("an amount of yuan from 0.00 to 9999999999999.99, such as 130000.00", "以元为单位、0.00 到 9999999999999.99 的金额,如 130000.00")
	wantDecimal = want("a decimal number with at most four places, such as 0.35", "至多四位小数的十进制数,如 0.35")
	wantOnce    = want("each field once", "每个字段只出现一次")
	wantUnique  = want("items that differ from each other", "互不相同的各项")
	wantKind    = [...]phrase{
		Any: want("a value", "一个值"), String: want("text", "文字"), Integer: want("a whole number", "整数"),
		Money: wantMoney, Decimal: wantDecimal, Date: wantDate, Boolean: want("true or false", "true 或 false"),
		Array: want("a list", "列表"), Object: want("an object", "对象"),
	}
)

// orNull adds that null is fine, too.
func orNull(p phrase) phrase { return want(p.EN+", or null", p.ZH+",或 null") }

// listWant says the values of an enum; in Chinese with their titles.
func listWant(values []string, titles map[string]events.Text) phrase {
	zh := make([]string, len(values))
	for i, v := range values {
		zh[i] = v
		if t := titles[v].ZH; t != "" {
			zh[i] = v + "(" + t + ")"
		}
	}
	if len(values) == 1 {
		return want(values[0], zh[0])
	}
	return want("one of "+strings.Join(values, ", "), oneOfZH(zh))
}

// oneOfZH writes a、b 之一, and a(甲)、b(乙)之一.
func oneOfZH(list []string) string {
	s := strings.Join(list, "、")
	if strings.HasSuffix(s, ")") {
		return s + "之一"
	}
	return s + " 之一"
}

func didYouMean(name string) phrase {
	if name == "" {
		return phrase{}
	}
	return want("did you mean "+name+"?", "是否想写 "+name+"?")
}

// enumHint names the value that was probably meant: the nearest one, or the one whose title was given.
func (c *checker) enumHint(n *node, r *rule) phrase {
	if n.kind != kindString || r.field == nil {
		return phrase{}
	}
	return c.meant(n.text, r.field.Enum, r.field.EnumTitles)
}

// meant is the hint for a wrong name. Only the first faults of an event have one: looking for near names takes far longer
// than finding the fault, and whoever sends dozens of wrong names did not mistype them.
func (c *checker) meant(name []byte, names []string, titles map[string]events.Text) phrase {
	if len(c.faults) >= maxHints {
		return phrase{}
	}
	return didYouMean(suggest(string(name), names, titles))
}

// suggest finds the name that a wrong one stands for: the nearest one, or the one with that title in either language.
func suggest(name string, names []string, titles map[string]events.Text) string {
	if utf8.RuneCountInString(name) > 64 {
		return ""
	}
	for _, n := range names {
		if t := titles[n]; t.ZH == name || strings.EqualFold(t.EN, name) {
			return n
		}
	}
	if n := events.Suggest(name, names); n != "" {
		return n
	}
	byTitle := make(map[string]string, 2*len(names))
	var list []string
	for _, n := range names {
		for _, t := range []string{titles[n].ZH, titles[n].EN} {
			if t != "" {
				byTitle[t] = n
				list = append(list, t)
			}
		}
	}
	return byTitle[events.Suggest(name, list)]
}

// unknown notes a member that the schema does not have.
func (c *checker) unknown(m int32, rec *record) {
	if c.full() {
		return
	}
	hint := c.meant(c.tree.nodes[m].name, rec.fields.names, rec.fields.titles)
	c.faultAt(c.tree.path(m), CodeUnknown, rec.fields.want, Shorten(c.tree.source(m)), hint)
}

// known is the names of a record's properties and the words that list them: made once, as they do not change.
type known struct {
	names  []string
	titles map[string]events.Text
	want   phrase
}

func knownFields(props []prop) known {
	k := known{titles: make(map[string]events.Text, len(props)), want: want("no such field", "没有这个字段")}
	for _, p := range props {
		k.names = append(k.names, p.name)
		k.titles[p.name] = p.rule.field.Title
	}
	if len(props) > 0 {
		k.want = want("one of the fields "+strings.Join(k.names, ", "), "字段 "+strings.Join(k.names, "、")+" 之一")
	}
	return k
}

// exampleWant says what a text looks like.
func exampleWant(example string) phrase {
	return want("text such as "+example, example+" 这样的文字")
}

// patternWant says a format, with the field's description as it tells people what to write.
func (r *rule) patternWant() phrase {
	w := want("text of the form "+r.pattern.String(), "符合 "+r.pattern.String()+" 的文字")
	if r.field != nil && len(r.field.Examples) > 0 {
		w = want(r.want.EN+", of the form "+r.pattern.String(), r.want.ZH+",须符合 "+r.pattern.String())
	}
	if r.field != nil && r.field.Description != (phrase{}) {
		w.EN += " (" + r.field.Description.In(events.English) + ")"
		w.ZH += "(" + r.field.Description.In(events.Chinese) + ")"
	}
	return w
}

// missingWant says what a text with a form looks like to somebody who wrote none: by its example, else by its description.
func (r *rule) missingWant() phrase {
	w := r.want
	if d := r.field.Description; len(r.field.Examples) == 0 && d != (phrase{}) {
		w = want(w.EN+" ("+d.In(events.English)+")", w.ZH+"("+d.In(events.Chinese)+")")
	}
	return w
}

func (r *rule) boundsWant() phrase {
	switch {
	case r.max == nil:
		return want(fmt.Sprintf("a whole number of at least %d", *r.min), fmt.Sprintf("不小于 %d 的整数", *r.min))
	case r.min == nil:
		return want(fmt.Sprintf("a whole number of at most %d", *r.max), fmt.Sprintf("不大于 %d 的整数", *r.max))
	}
	return want(fmt.Sprintf("a whole number from %d to %d", *r.min, *r.max), fmt.Sprintf("%d 到 %d 的整数", *r.min, *r.max))
}

func plural(n int, unit string) string {
	if n == 1 {
		return unit
	}
	return unit + "s"
}

func lengthWant(low, high int, unit, unitZH string) phrase {
	switch {
	case high == unset || low == 1 && high > 1:
		if high == unset {
			return want(fmt.Sprintf("at least %d %s", low, plural(low, unit)), fmt.Sprintf("至少 %d %s", low, unitZH))
		}
	case low == unset || low == 0:
		return want(fmt.Sprintf("at most %d %s", high, plural(high, unit)), fmt.Sprintf("至多 %d %s", high, unitZH))
	case low == high:
		return want(fmt.Sprintf("exactly %d %s", low, plural(low, unit)), fmt.Sprintf("恰好 %d %s", low, unitZH))
	}
	return want(fmt.Sprintf("%d to %d %s", low, high, plural(high, unit)), fmt.Sprintf("%d 到 %d %s", low, high, unitZH))
}

func lengthHint(n int, unit, unitZH string) phrase {
	return want(fmt.Sprintf("these are %d %s", n, plural(n, unit)), fmt.Sprintf("现为 %d %s", n, unitZH))
}

func countWant(named int32) phrase {
	return want(fmt.Sprintf("at least %d, as many as there are entities", named), fmt.Sprintf("不小于 %d(entities 中已列出 %d 个)", named, named))
}

// dateHint recognises how people write days otherwise.
func dateHint(s []byte) phrase {
	for _, layout := range []string{"2006/1/2", "2006.1.2", "2006-1-2", "20060102", "2006年1月2日", time.RFC3339} {
		if d, err := time.Parse(layout, string(s)); err == nil {
			return didYouMean(d.Format(time.DateOnly))
		}
	}
	if len(s) == len(time.DateOnly) && s[4] == '-' && s[7] == '-' {
		return want("the calendar has no such day", "日历上没有这一天")
	}
	return phrase{}
}

// amountHint recognises how people write amounts otherwise.
func amountHint(s []byte, money bool) phrase {
	text := string(s)
	switch {
	case strings.ContainsAny(text, ",\uff0c"):
		return want("write it without separators", "请去掉千位分隔符")
	case money && strings.ContainsAny(text, "万亿"):
		return want("write the full amount in yuan: 13万元 is 130000.00", "请以元为单位写全:13万元写作 130000.00")
	case money && strings.ContainsAny(text, "元\u00a5\uffe5"):
		return want("write the number only", "只写数字")
	}
	return phrase{}
}
