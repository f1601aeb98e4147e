package projections

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/kaohe/kaohe/events"
)

// Types that no plan needs to name as inputs: every fold reads them.
const (
	targetType = "TargetSet"
	nilType    = "NilReported"
	closedType = "PeriodClosed"
	planType   = "PlanActivated"
)

type targetKey struct {
	org       int
	indicator string
	year      int
}

type nilKey struct {
	org     int
	name    string // of an indicator or an event type
	year    int
	quarter int
}

// changeTarget puts a target in its place among those of its indicator, unit and year, or takes it out.
func (f *Fold) changeTarget(e *events.Stored, at events.Position, org, sign int) error {
	t, err := readTarget(e)
	if err != nil {
		return err
	}
	t.At, t.Org, t.Corrections = at, org, f.corrections[e.Key()]
	f.ownFacts()
	key := targetKey{org, t.Indicator, t.Year}
	list := slices.Clone(f.targets[key])
	i, found := slices.BinarySearchFunc(list, at, func(t Target, at events.Position) int { return cmp.Compare(t.At, at) })
	switch {
	case sign > 0 && !found:
		list = slices.Insert(list, i, t)
	case sign < 0 && found:
		list = slices.Delete(list, i, i+1)
	}
	if f.targets[key] = list; len(list) == 0 {
		delete(f.targets, key)
	}
	return nil
}

// noteTargetCorrection remembers who corrected a target, when and why, and what it said before. Other facts are not asked so:
// their corrections are found when a figure is explained.
func (f *Fold) noteTargetCorrection(e *events.Stored, at events.Position, c *control, was []byte) {
	old, err := parseLine(was)
	if err != nil || string(old.Type) != targetType {
		return
	}
	t, err := readTarget(old)
	if err != nil {
		return
	}
	f.corrections[c.target] = append(slices.Clip(f.corrections[c.target]), TargetCorrection{
		At: at, Source: string(e.Source), ID: string(e.ID), Principal: string(e.Principal), Day: e.Day(), Reason: c.reason, Was: t.Value, WasBasis: t.Basis,
	})
}

// readTarget reads what a TargetSet says.
func readTarget(e *events.Stored) (Target, error) {
	var data struct {
		Indicator     string   `json:"indicator"`
		Year          int      `json:"year"`
		Value         string   `json:"value"`
		Basis         string   `json:"basis"`
		QuarterlyPlan []string `json:"quarterly_plan"`
		EffectiveFrom string   `json:"effective_from"`
		Due           string   `json:"due"`
		Weight        string   `json:"weight"`
		Illustrative  bool     `json:"illustrative"`
		Reason        string   `json:"reason"`
		Document      string   `json:"document"`
	}
	if err := json.Unmarshal(e.Data, &data); err != nil {
		return Target{}, fmt.Errorf("read target: %w", err)
	}
	t := Target{
		Source: string(e.Source), ID: string(e.ID), Principal: string(e.Principal), Day: e.Day(), Indicator: data.Indicator, Year: data.Year, Basis: data.Basis,
		Illustrative: data.Illustrative, Reason: data.Reason, Document: data.Document,
	}
	r := factReader{}
	t.Value = r.decimal("value", data.Value)
	for i, v := range data.QuarterlyPlan {
		t.Plan = append(t.Plan, r.decimal(fmt.Sprintf("quarterly_plan[%d]", i), v))
	}
	if len(t.Plan) != 0 && len(t.Plan) != 4 {
		return Target{}, fmt.Errorf("data.quarterly_plan: %d values, expected 4", len(t.Plan))
	}
	if data.Weight != "" {
		t.Weight = r.decimal("weight", data.Weight)
	}
	t.EffectiveFrom, t.Due = r.day("effective_from", data.EffectiveFrom), r.day("due", data.Due)
	return t, r.err
}

// factReader reads fields until one cannot be read.
type factReader struct {
	err error
}

func (r *factReader) decimal(field, s string) events.Decimal {
	d, err := events.ParseDecimal(s)
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("data.%s: %w", field, err)
	}
	return d
}

// day reads a day, or 0 for none.
func (r *factReader) day(field, s string) events.Day {
	if s == "" {
		return 0
	}
	d, err := events.ParseDay(s)
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("data.%s: %w", field, err)
	}
	return d
}

// changeNil notes that a unit has nothing to report, for itself and all above it.
func (f *Fold) changeNil(e *events.Stored, org, sign int) error {
	var data struct {
		Indicator string `json:"indicator"`
		EventType string `json:"event_type"`
		Quarter   string `json:"quarter"`
	}
	if err := json.Unmarshal(e.Data, &data); err != nil {
		return fmt.Errorf("read nil report: %w", err)
	}
	key := nilKey{name: cmp.Or(data.Indicator, data.EventType)}
	year, quarter, ok := splitQuarter(data.Quarter)
	if !ok || key.name == "" {
		return fmt.Errorf("nil report of %q for quarter %q", key.name, data.Quarter)
	}
	key.year, key.quarter = year, quarter
	f.ownFacts()
	for _, key.org = range f.orgs.Path(org) {
		days := addDay(slices.Clone(f.nils[key]), e.Day(), int32(sign))
		if f.nils[key] = days; len(days) == 0 {
			delete(f.nils, key)
		}
	}
	return nil
}

// splitQuarter reads a quarter written as 2018Q1.
func splitQuarter(s string) (year, quarter int, ok bool) {
	if len(s) != 6 || s[4] != 'Q' || s[5] < '1' || s[5] > '4' {
		return 0, 0, false
	}
	year, err := strconv.Atoi(s[:4])
	return year, int(s[5] - '0'), err == nil
}
