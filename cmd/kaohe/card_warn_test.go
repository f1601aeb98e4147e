package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

// TestFiguresThatLackSomethingSaySo: loudly and first, whatever the output; never inside a CSV.
func TestFiguresThatLackSomethingSaySo(t *testing.T) {
	for _, tt := range []struct {
		lang            events.Lang
		leftOut, breaks int64
		want            []string
	}{
		{events.English, 0, 0, nil},
		{events.English, 3, 0, []string{"WARNING: figures are not complete, for the log holds what could not be counted (entries: 3); "}},
		{events.English, 0, 2, []string{"WARNING: the log is damaged (breaks: 2), figures are not complete; "}},
		{events.Chinese, 3, 2, []string{"注意: 日志已损坏（2 处断裂），数字不完整；", "注意: 日志中有 3 条内容未能计入，数字不完整；"}},
	} {
		card := &indicators.Scorecard{AsOf: demoDay, Quarter: demoQuarter, LeftOut: tt.leftOut, Breaks: tt.breaks}
		for _, output := range []string{"table", "csv"} {
			c, out := screen(tt.lang)
			var errs bytes.Buffer
			c.stderr = &errs
			if err := c.showCard(card, showing{output: output}); err != nil {
				t.Fatal(err)
			}
			said := out.String()
			if output == "csv" {
				said = errs.String()
				if !strings.HasPrefix(out.String(), "org,") {
					t.Errorf("the CSV begins with %.60q", out)
				}
			}
			for i, want := range tt.want {
				if line := strings.Split(said, "\n")[i]; !strings.HasPrefix(line, want) {
					t.Errorf("%s, line %d: %q, want %q", output, i+1, line, want)
				}
			}
			if len(tt.want) == 0 && strings.Contains(said+out.String(), "WARNING") {
				t.Errorf("%s warns of nothing:\n%s", output, said)
			}
		}
	}
}
