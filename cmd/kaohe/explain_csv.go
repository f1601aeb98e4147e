package main

import (
	"encoding/csv"
	"io"
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
	if bom {
		if _, err := io.WriteString(c.stdout, "\ufeff"); err != nil {
			return err
		}
	}
	w := csv.NewWriter(c.stdout)
	if err := w.Write(explainHead); err != nil {
		return err
	}
	if x.Value != nil {
		if err := writeParts(w, x, x.Value, string(x.Value.Role)); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// writeParts writes the events of a part; its path names those above it, too.
func writeParts(w *csv.Writer, x *indicators.Explanation, p *indicators.Part, path string) error {
	for _, part := range p.Parts {
		if err := writeParts(w, x, part, path+"/"+string(part.Role)); err != nil {
			return err
		}
	}
	for i := range p.Events {
		if err := w.Write(evidenceCells(x, p, &p.Events[i], path)); err != nil {
			return err
		}
	}
	return nil
}

func evidenceCells(x *indicators.Explanation, p *indicators.Part, r *indicators.EvidenceRow, path string) []string {
	var things, covered []string
	for _, thing := range r.Things {
		name := thing.Name
		if thing.CountedWith != "" {
			name += " (" + thing.CountedWith + ")"
		}
		things, covered = append(things, name), append(covered, thing.CoveredBy)
	}
	return []string{
		x.Org, x.Quarter.String(), x.Span, x.AsOf, path, p.Indicator, r.Position, r.Source, r.ID, r.Type, r.TypeTitle.ZH, r.TypeTitle.EN, r.Day, r.Org,
		csvNumber(r.Contribution), string(r.Verdict), r.By, r.Rule.ZH, r.Rule.EN, r.Late, strings.Join(r.CorrectedBy, " "), strings.Join(things, "; "),
		strings.Trim(strings.Join(covered, " "), " "), r.Says.ZH, r.Says.EN,
	}
}
