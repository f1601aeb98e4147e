package main

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
	"github.com/kaohe/kaohe/indicators/quality"
)

var severityWords = map[quality.Severity]struct {
	word  events.Text
	paint text.Colors
}{
	quality.Error: {events.Text{ZH: "错误", EN: "error"}, text.Colors{text.FgHiRed, text.Bold}},
	quality.Warn:  {events.Text{ZH: "提醒", EN: "warning"}, text.Colors{text.FgYellow}},
	quality.Info:  {events.Text{ZH: "留意", EN: "note"}, nil},
}

// findingsTable prints findings one below the other: what is odd, what to do, and the events. On a terminal sentences are wrapped.
func (c *cli) findingsTable(page *api.Findings) {
	n := &page.Counts
	c.line(c.stdout, c.sayf("%s（%s）及其下级: 错误 %d 条，提醒 %d 条，留意 %d 条；已检查到提交 %d", "%s (%s) and below: errors: %d, warnings: %d, notes: %d; checked up to commit %d",
		page.OrgName.In(c.lang), page.Org, n.Error, n.Warn, n.Info, page.Through))
	if len(page.Off) > 0 {
		c.line(c.stdout, c.sayf("方案中已关闭: %s", "switched off in the plan: %s", strings.Join(page.Off, " ")))
	}
	for i := range page.Findings {
		c.finding(&page.Findings[i])
	}
	if page.Next != "" {
		fmt.Fprintln(c.stdout)
		c.line(c.stdout, c.sayf("后面还有: 接着看用 --after %s，全部列出用 --all", "there are more: --after %s goes on, --all lists all", page.Next))
	}
	if len(page.Findings) > 0 {
		fmt.Fprintln(c.stdout)
		c.line(c.stdout, c.say("改正: kaohe correct 位置 字段=值 --reason 原因；作废: kaohe void 位置 --reason 原因；看一项指标由哪些事件组成: kaohe explain 指标",
			"to put one right: kaohe correct POSITION FIELD=VALUE --reason WHY; to withdraw it: kaohe void POSITION --reason WHY; what a figure is made of: kaohe explain INDICATOR"))
	}
}

func (c *cli) finding(f *api.Finding) {
	severity := severityWords[f.Severity]
	head := c.sayf("%s %s %s %s（%s）", "%s %s %s, %s (%s)", severity.word.In(c.lang), f.Rule, f.Title.In(c.lang), f.OrgName.In(c.lang), f.Org)
	if head = indicators.Visible(head); c.color && severity.paint != nil {
		head = severity.paint.Sprint(head)
	}
	fmt.Fprintln(c.stdout)
	fmt.Fprintln(c.stdout, head)
	c.indented(f.Text.In(c.lang))
	c.indented(c.say("处理: ", "what to do: ") + f.Hint.In(c.lang))
	for _, e := range f.Events {
		c.line(c.stdout, strings.TrimRight(fmt.Sprintf("  %s  %s  %s  %s", e.Position, e.Type, e.Source, e.ID), " "))
	}
	if f.More > 0 {
		c.line(c.stdout, c.sayf("  另有 %d 条", "  and %d more", f.More))
	}
}

const indent = "  "

// indented prints a sentence below a heading, in lines that fit the terminal.
func (c *cli) indented(s string) {
	width := c.width()
	if width > 0 {
		width = max(width-len(indent), 20)
	}
	for _, line := range wrap(indicators.Visible(s), width) {
		fmt.Fprintln(c.stdout, indent+line)
	}
}

// wrap cuts a text into lines of so many columns of the terminal: at blanks, or between Chinese characters, but not before
// punctuation. What has no such place is cut where the line ends. A width of 0 is no limit.
func wrap(s string, width int) (lines []string) {
	if width == 0 {
		return []string{s}
	}
	runes := []rune(s)
	for len(runes) > 0 {
		used, fits, cut := 0, 0, 0
		for fits < len(runes) {
			w := text.StringWidthWithoutEscSequences(string(runes[fits]))
			if used+w > width && fits > 0 {
				break
			}
			used += w
			if fits++; fits < len(runes) && breaks(runes[fits-1], runes[fits]) {
				cut = fits
			}
		}
		if fits == len(runes) || cut == 0 {
			cut = fits
		}
		lines = append(lines, strings.TrimRight(string(runes[:cut]), " "))
		runes = []rune(strings.TrimLeft(string(runes[cut:]), " "))
	}
	return lines
}

// breaks reports whether a line may end between two characters.
func breaks(a, b rune) bool {
	const wide = 0x2E80 // Chinese characters and their punctuation are beyond it
	if strings.ContainsRune("，。；：、？！）》”", b) || strings.ContainsRune("（《“", a) {
		return false
	}
	return a == ' ' || b == ' ' || a >= wide || b >= wide
}

// findingsHead are the columns of the CSV, the same in both languages; new ones are added at the end. Where a finding concerns several
// events their positions, sources, ids and types stand in one cell each, in one order.
var findingsHead = []string{
	"org", "severity", "rule", "rule_zh", "rule_en", "check", "text_zh", "text_en", "hint_zh", "hint_en", "positions", "sources", "ids", "types", "more", "finding",
}

func (c *cli) findingsCSV(page *api.Findings, bom bool) error {
	return c.writeCSV(bom, findingsHead, func(row func(cells ...any)) {
		for i := range page.Findings {
			f := &page.Findings[i]
			var positions, sources, ids, types []string
			for _, e := range f.Events {
				positions, sources, ids, types = append(positions, e.Position), append(sources, e.Source), append(ids, e.ID), append(types, e.Type)
			}
			row(f.Org, f.Severity, f.Rule, f.Title.ZH, f.Title.EN, f.Check, f.Text.ZH, f.Text.EN, f.Hint.ZH, f.Hint.EN,
				strings.Join(positions, " "), strings.Join(sources, " "), strings.Join(ids, " "), strings.Join(types, " "), f.More, f.ID)
		}
	})
}
