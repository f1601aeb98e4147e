package sheets

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/kaohe/kaohe/events"
)

// describe says in some lines what belongs into a column.
func describe(c *Column, lang events.Lang) []string {
	lines := []string{events.Text{ZH: "选填", EN: "Optional"}.In(lang)}
	if c.Required {
		lines[0] = events.Text{ZH: "必填", EN: "Required"}.In(lang)
	}
	if help := c.Help.In(lang); help != "" {
		lines = append(lines, help)
	}
	lines = append(lines, kindOf(c, lang))
	if c.Many {
		lines = append(lines, events.Text{ZH: "可写几个，用 ； 隔开", EN: "Several may stand in a cell, with ; between them"}.In(lang))
	}
	if c.Field != nil && c.Field.Nullable {
		lines = append(lines, events.Text{ZH: "数量不清楚时填 不详", EN: "Write unknown if the number is not known"}.In(lang))
	}
	if fallback := fallbackOf(c, lang); fallback != "" {
		lines = append(lines, events.Text{ZH: "不填即为 ", EN: "If left empty: "}.In(lang)+fallback)
	}
	if example := written(c, firstExample(c), lang); example != "" {
		lines = append(lines, events.Text{ZH: "如 ", EN: "Such as "}.In(lang)+example)
	}
	return lines
}

// kindOf says what kind of value belongs into a column, its unit and its limits.
func kindOf(c *Column, lang events.Lang) string {
	if choices := choicesOf(c, lang); len(choices) > 0 {
		return events.Text{ZH: "可选: ", EN: "One of: "}.In(lang) + strings.Join(choices, events.Text{ZH: "、", EN: ", "}.In(lang))
	}
	if c.Path == pathTime {
		return events.Text{ZH: "日期，1990 年以后，不晚于今天", EN: "A date since 1990, not after today"}.In(lang)
	}
	switch c.Kind {
	case "date":
		return events.Text{ZH: "日期，1990 年以后，如 2018-03-05 或 2018年3月5日", EN: "A date since 1990, such as 2018-03-05"}.In(lang)
	case "money":
		return events.Text{ZH: "金额，单位元，如 130000.00；也可写 13万元", EN: "An amount in yuan, such as 130000.00; 13万元 is understood, too"}.In(lang)
	case "integer":
		return events.Text{ZH: "整数", EN: "A whole number"}.In(lang) + rangeOf(c, lang)
	case "decimal":
		return events.Text{ZH: "数字，至多四位小数", EN: "A number with at most four decimal places"}.In(lang)
	}
	if n := maxLength(c); n > 0 {
		return fmt.Sprintf(events.Text{ZH: "文字，不超过 %d 字", EN: "Text of at most %d characters"}.In(lang), n)
	}
	return events.Text{ZH: "文字", EN: "Text"}.In(lang)
}

// rangeOf says the limits of a number.
func rangeOf(c *Column, lang events.Lang) string {
	if c.Field == nil {
		return ""
	}
	switch low, high := c.Field.Minimum, c.Field.Maximum; {
	case low != nil && high != nil:
		return fmt.Sprintf(events.Text{ZH: "，%d 到 %d", EN: " from %d to %d"}.In(lang), *low, *high)
	case low != nil:
		return fmt.Sprintf(events.Text{ZH: "，不小于 %d", EN: ", at least %d"}.In(lang), *low)
	case high != nil:
		return fmt.Sprintf(events.Text{ZH: "，不大于 %d", EN: ", at most %d"}.In(lang), *high)
	}
	return ""
}

func fallbackOf(c *Column, lang events.Lang) string {
	if c.Field == nil {
		return ""
	}
	return written(c, c.Field.Default, lang)
}

func firstExample(c *Column) json.RawMessage {
	if c.Field == nil || len(c.Field.Examples) == 0 {
		return nil
	}
	return c.Field.Examples[0]
}

// written shows a value of the plan as people write it into a cell; empty for none and for what no cell can hold.
func written(c *Column, raw json.RawMessage, lang events.Lang) string {
	var value any
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	if len(raw) == 0 || d.Decode(&value) != nil {
		return ""
	}
	switch v := value.(type) {
	case string:
		if c.Field != nil {
			if title := c.Field.EnumTitles[v].In(lang); title != "" {
				return title
			}
		}
		return v
	case json.Number:
		return v.String()
	case bool:
		if v {
			return events.Text{ZH: "是", EN: "yes"}.In(lang)
		}
		return events.Text{ZH: "否", EN: "no"}.In(lang)
	}
	return ""
}
