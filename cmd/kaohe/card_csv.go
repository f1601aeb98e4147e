package main

import (
	"encoding/csv"
	"io"
	"strconv"

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
}

// showCSV prints the scorecard in the plan's order.
func (c *cli) showCSV(card *indicators.Scorecard, bom bool) error {
	if bom {
		if _, err := io.WriteString(c.stdout, "\ufeff"); err != nil {
			return err
		}
	}
	w := csv.NewWriter(c.stdout)
	if err := w.Write(csvHead); err != nil {
		return err
	}
	for i := range card.Rows {
		if err := w.Write(csvRow(card, &card.Rows[i])); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

func csvRow(card *indicators.Scorecard, r *indicators.Row) []string {
	last := ""
	if r.LastEvent != 0 {
		last = r.LastEvent.String()
	}
	row := []string{
		card.Org, card.Quarter.String(), card.AsOf.String(), r.ID, r.Name.ZH, r.Name.EN, r.Unit.ZH, r.Unit.EN, r.Office, string(r.Kind),
		string(r.Direction), string(r.Status), strconv.FormatBool(r.Reported), last, strconv.FormatBool(r.TargetIllustrative),
	}
	row = append(row, csvFigure(r.Quarter, false)...)
	row = append(row, csvFigure(r.Year, true)...)
	row = append(row, string(r.TargetProblem), csvNumber(r.FirstTarget), csvNumber(r.FirstGap), csvKnown(card.KnownAt))
	return append(row, csvPublished(card, r)...)
}

func csvKnown(at *indicators.KnownAt) string {
	if at == nil {
		return ""
	}
	return strconv.FormatUint(at.Commit, 10)
}

// csvPublished has cells of a closed quarter only.
func csvPublished(card *indicators.Scorecard, r *indicators.Row) []string {
	if card.Closed == nil {
		return make([]string, 10)
	}
	published := r.Published
	if published == nil {
		published = &indicators.Published{}
	}
	cells := []string{strconv.Itoa(card.Closed.Revision), strconv.FormatBool(r.Restated)}
	for _, f := range []*indicators.Figure{published.Quarter, published.Year} {
		if f == nil {
			f = &indicators.Figure{}
		}
		cells = append(cells, csvNumber(f.Value), csvNumber(f.Target), csvNumber(f.Gap), string(f.Status))
	}
	return cells
}

func csvFigure(f *indicators.Figure, withBase bool) []string {
	if f == nil {
		return make([]string, map[bool]int{false: 9, true: 10}[withBase])
	}
	cells := []string{csvNumber(f.Value)}
	if withBase {
		cells = append(cells, csvNumber(f.Base))
	}
	for _, n := range []indicators.Number{f.Target, f.Expected, f.Gap, f.Completion, f.PaceRatio} {
		cells = append(cells, csvNumber(n))
	}
	return append(cells, string(f.Status), strconv.FormatBool(f.Reported), strconv.FormatInt(f.Events, 10))
}

func csvNumber(n indicators.Number) string {
	if !n.Known() {
		return ""
	}
	return n.String()
}
