package main

import (
	"strings"

	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
)

// restatedHead are the columns of the CSV, the same in both languages; new ones are added at the end. Each line is a figure:
// published and the causes add up to current, where an empty cell is what is not known and counts as 0.
var restatedHead = []string{
	"org", "org_name_zh", "org_name_en", "quarter", "revision", "published_as_of", "as_of", "indicator", "name_zh", "name_en", "unit_zh", "unit_en", "figure",
	"published", "software", "definition", "cutoff", "late", "voided", "corrected", "target", "reference", "unexplained", "current", "difference", "positions",
}

func (c *cli) restatementCSV(r *api.Restatement, bom bool) error {
	return c.writeCSV(bom, restatedHead, func(row func(cells ...any)) {
		for i := range r.Indicators {
			for _, name := range indicators.FollowedFigures {
				row(restatedCells(r, &r.Indicators[i], name)...)
			}
		}
	})
}

func restatedCells(r *api.Restatement, ind *api.RestatedIndicator, name indicators.Followed) []any {
	f := ind.Figures[name]
	cells := []any{
		r.Org, r.OrgName.ZH, r.OrgName.EN, r.Quarter, r.Revision, r.Closing.AsOf, r.AsOf, ind.ID, ind.Name.ZH, ind.Name.EN, ind.Units.ZH,
		ind.Units.EN, name, f.Published,
	}
	for _, cause := range indicators.Causes {
		by := f.Causes[cause]
		if !by.Known() {
			by = indicators.NewNumber(0, 0)
		}
		cells = append(cells, by)
	}
	var positions []string
	for i := range ind.Events {
		if _, changes := ind.Events[i].Changes[name]; changes {
			positions = append(positions, ind.Events[i].Position)
		}
	}
	return append(cells, f.Unexplained, f.Current, f.Difference, strings.Join(positions, " "))
}
