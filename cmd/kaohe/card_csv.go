package main

import (
	"github.com/kaohe/kaohe/indicators"
)

// csvHead are the columns of the CSV. They keep their names and order in both languages, for programs read them; new ones
// are added at the end. Numbers are exact and plain, money is yuan, an empty cell is what is not known.
var csvHead = []string{
	"org", "quarter", "as_of", "indicator", "name_zh", "name_en", "unit_zh", "unit_en", "office", "kind", "direction", "status", "reported",
	"last_event", "target_illustrative",
	"quarter_value", "quarter_target", "quarter_expected", "quarter_gap", "quarter_completion", "quarter_pace_ratio", "quarter_status", "quarter_reported", "quarter_events",
	"year_value", "year_base", "year_target", "year_expected", "year_gap", "year_completion", "year_pace_ratio", "year_status", "year_reported", "year_events",
	"target_problem", "first_target", "first_gap", "known_at_commit",
	"closed_revision", "restated",
	"published_quarter_value", "published_quarter_target", "published_quarter_gap", "published_quarter_status",
	"published_year_value", "published_year_target", "published_year_gap", "published_year_status",
	"target_eased",
}

// showCSV prints the scorecard in the plan's order.
func (c *cli) showCSV(card *indicators.Scorecard, bom bool) error {
	return c.writeCSV(bom, csvHead, func(row func(cells ...any)) {
		for i := range card.Rows {
			row(csvRow(card, &card.Rows[i])...)
		}
	})
}

func csvRow(card *indicators.Scorecard, r *indicators.Row) []any {
	var last, known any
	if r.LastEvent != 0 {
		last = r.LastEvent
	}
	if card.KnownAt != nil {
		known = card.KnownAt.Commit
	}
	row := []any{
		card.Org, card.Quarter, card.AsOf, r.ID, r.Name.ZH, r.Name.EN, r.Unit.ZH, r.Unit.EN, r.Office, r.Kind, r.Direction, r.Status, r.Reported,
		last, r.TargetIllustrative,
	}
	row = append(row, csvFigure(r.Quarter, false)...)
	row = append(row, csvFigure(r.Year, true)...)
	row = append(row, r.TargetProblem, r.FirstTarget, r.FirstGap, known)
	row = append(row, csvPublished(card, r)...)
	return append(row, r.TargetEased)
}

// csvPublished has cells of a closed quarter only.
func csvPublished(card *indicators.Scorecard, r *indicators.Row) []any {
	if card.Closed == nil {
		return make([]any, 10)
	}
	published := r.Published
	if published == nil {
		published = &indicators.Published{}
	}
	cells := []any{card.Closed.Revision, r.Restated}
	for _, f := range []*indicators.Figure{published.Quarter, published.Year} {
		if f == nil {
			f = &indicators.Figure{}
		}
		cells = append(cells, f.Value, f.Target, f.Gap, f.Status)
	}
	return cells
}

func csvFigure(f *indicators.Figure, withBase bool) []any {
	if f == nil {
		return make([]any, map[bool]int{false: 9, true: 10}[withBase])
	}
	cells := []any{f.Value}
	if withBase {
		cells = append(cells, f.Base)
	}
	return append(cells, f.Target, f.Expected, f.Gap, f.Completion, f.PaceRatio, f.Status, f.Reported, f.Events)
}
