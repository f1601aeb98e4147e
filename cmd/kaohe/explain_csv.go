package main

import (
	"strings"

	"github.com/kaohe/kaohe/indicators"
)

// explainHead are the columns of the CSV, the same in both languages; new ones are added at the end. Contributions are exact,
// money is yuan. Of the things that an event names those with a mark were counted with another event: "firm (12-0)".
var explainHead = []string{
	"org", "quarter", "span", "as_of", "part", "indicator", "position", "source", "id", "type", "type_zh", "type_en", "day", "event_org",
	"contribution", "verdict", "by", "rule_zh", "rule_en", "late", "corrected_by", "things", "covered_by", "says_zh", "says_en",
}

// explanationCSV prints the events of all parts.
func (c *cli) explanationCSV(x *indicators.Explanation, bom bool) error {
	return c.writeCSV(bom, explainHead, func(row func(cells ...any)) {
		if x.Value != nil {
			writeParts(row, x, x.Value, string(x.Value.Role))
		}
	})
}

// writeParts writes the events of a part; its path names those above it, too.
func writeParts(row func(cells ...any), x *indicators.Explanation, p *indicators.Part, path string) {
	for _, part := range p.Parts {
		writeParts(row, x, part, path+"/"+string(part.Role))
	}
	for i := range p.Events {
		row(evidenceCells(x, p, &p.Events[i], path)...)
	}
}

func evidenceCells(x *indicators.Explanation, p *indicators.Part, r *indicators.EvidenceRow, path string) []any {
	var things, covered []string
	for _, thing := range r.Things {
		name := thing.Name
		if thing.CountedWith != "" {
			name += " (" + thing.CountedWith + ")"
		}
		things, covered = append(things, name), append(covered, thing.CoveredBy)
	}
	return []any{
		x.Org, x.Quarter, x.Span, x.AsOf, path, p.Indicator, r.Position, r.Source, r.ID, r.Type, r.TypeTitle.ZH, r.TypeTitle.EN, r.Day, r.Org,
		r.Contribution, r.Verdict, r.By, r.Rule.ZH, r.Rule.EN, r.Late, strings.Join(r.CorrectedBy, " "), strings.Join(things, "; "),
		strings.Trim(strings.Join(covered, " "), " "), r.Says.ZH, r.Says.EN,
	}
}
