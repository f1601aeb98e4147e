package indicators

import (
	"bytes"
	"encoding/json"

	"github.com/kaohe/kaohe/events"
)

// The JSON shape of a scorecard, the same wherever one is asked for. Fields keep their order; more may be added.
type (
	scorecardJSON struct {
		Org     string      `json:"org"`
		Quarter Quarter     `json:"quarter"`
		AsOf    *date       `json:"as_of"`
		OrgName events.Text `json:"org_name"`
		Plan    string      `json:"plan"`
		KnownAt *KnownAt    `json:"known_at,omitempty"`
		Closed  *Closed     `json:"closed,omitempty"`
		Duties  *Duties     `json:"duties,omitempty"`
		LeftOut int64       `json:"left_out,omitempty"`
		Breaks  int64       `json:"breaks,omitempty"`
		Rows    []Row       `json:"indicators"`
	}
	closedJSON struct {
		Revision   int             `json:"revision"`
		Position   string          `json:"position"`
		Through    uint64          `json:"through"`
		Day        *date           `json:"day"`
		AsOf       *date           `json:"as_of"`
		Cutoff     *date           `json:"cutoff,omitempty"`
		Plan       string          `json:"plan"`
		Reason     string          `json:"reason,omitempty"`
		By         string          `json:"by"`
		Unreadable bool            `json:"unreadable,omitempty"`
		Gone       []GoneIndicator `json:"gone,omitempty"`
	}
	dutiesJSON struct {
		ReportBy    *date    `json:"report_by"`
		NoTarget    []string `json:"no_target"`
		NotReported []string `json:"not_reported"`
	}
	rowJSON struct {
		ID                 string        `json:"id"`
		Kind               Kind          `json:"kind"`
		Unit               string        `json:"unit"` // the Chinese one
		Direction          Direction     `json:"direction"`
		Status             Status        `json:"status"`
		Reported           bool          `json:"reported"`
		LastEvent          *date         `json:"last_event"`
		TargetIllustrative bool          `json:"target_illustrative"`
		TargetProblem      TargetProblem `json:"target_problem,omitempty"`
		FirstTarget        Number        `json:"first_target,omitzero"`
		FirstGap           Number        `json:"first_gap,omitzero"`
		TargetEased        Number        `json:"target_eased,omitzero"`
		Name               events.Text   `json:"name"`
		Units              events.Text   `json:"units"`
		Office             string        `json:"office"`
		Decimals           int           `json:"decimals"`
		Money              bool          `json:"money"`
		Reporting          *Reporting    `json:"reporting,omitempty"`
		Restated           bool          `json:"restated,omitempty"`
		Published          *Published    `json:"published,omitempty"`
		Quarter            *Figure       `json:"quarter"`
		Year               *Figure       `json:"year"`
	}
)

// MarshalJSON writes the scorecard in the shape of the API.
func (s Scorecard) MarshalJSON() ([]byte, error) {
	return plainJSON(scorecardJSON{
		Org: s.Org, Quarter: s.Quarter, AsOf: dateOf(s.AsOf), OrgName: s.OrgName, Plan: s.Plan, KnownAt: s.KnownAt, Closed: s.Closed,
		Duties: s.Duties, LeftOut: s.LeftOut, Breaks: s.Breaks, Rows: s.Rows,
	})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Scorecard) UnmarshalJSON(b []byte) error {
	var j scorecardJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*s = Scorecard{
		Org: j.Org, OrgName: j.OrgName, Quarter: j.Quarter, AsOf: j.AsOf.day(), Plan: j.Plan, KnownAt: j.KnownAt, Closed: j.Closed,
		Duties: j.Duties, LeftOut: j.LeftOut, Breaks: j.Breaks, Rows: j.Rows,
	}
	return nil
}

// MarshalJSON writes the row in the shape of the API.
func (r Row) MarshalJSON() ([]byte, error) {
	return plainJSON(rowJSON{
		ID: r.ID, Kind: r.Kind, Unit: r.Unit.ZH, Direction: r.Direction, Status: r.Status, Reported: r.Reported,
		LastEvent: dateOf(r.LastEvent), TargetIllustrative: r.TargetIllustrative, TargetProblem: r.TargetProblem,
		FirstTarget: r.FirstTarget, FirstGap: r.FirstGap, TargetEased: r.TargetEased, Name: r.Name, Units: r.Unit, Office: r.Office, Decimals: r.Decimals, Money: r.Money,
		Reporting: r.Reporting, Restated: r.Restated, Published: r.Published, Quarter: r.Quarter, Year: r.Year,
	})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *Row) UnmarshalJSON(b []byte) error {
	var j rowJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*r = Row{
		ID: j.ID, Name: j.Name, Kind: j.Kind, Unit: j.Units, Office: j.Office, Direction: j.Direction,
		Decimals: j.Decimals, Money: j.Money, Status: j.Status, Reported: j.Reported, LastEvent: j.LastEvent.day(),
		TargetIllustrative: j.TargetIllustrative, TargetProblem: j.TargetProblem, FirstTarget: j.FirstTarget, FirstGap: j.FirstGap, TargetEased: j.TargetEased,
		Reporting: j.Reporting, Restated: j.Restated, Published: j.Published, Quarter: j.Quarter, Year: j.Year,
	}
	return nil
}

// MarshalJSON writes the closing in the shape of the API.
func (c Closed) MarshalJSON() ([]byte, error) {
	return plainJSON(closedJSON{
		c.Revision, c.At.String(), c.Through, dateOf(c.Day), dateOf(c.AsOf), dateOf(c.Cutoff), c.Plan, c.Reason, c.By, c.Unreadable, c.Gone,
	})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (c *Closed) UnmarshalJSON(b []byte) error {
	var j closedJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	at, err := events.ParsePosition(j.Position)
	*c = Closed{
		Revision: j.Revision, At: at, Through: j.Through, Day: j.Day.day(), AsOf: j.AsOf.day(), Cutoff: j.Cutoff.day(), Plan: j.Plan,
		Reason: j.Reason, By: j.By, Unreadable: j.Unreadable, Gone: j.Gone,
	}
	return err
}

// MarshalJSON writes the duties in the shape of the API.
func (d Duties) MarshalJSON() ([]byte, error) {
	return plainJSON(dutiesJSON{dateOf(d.ReportBy), append([]string{}, d.NoTarget...), append([]string{}, d.NotReported...)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (d *Duties) UnmarshalJSON(b []byte) error {
	var j dutiesJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*d = Duties{ReportBy: j.ReportBy.day(), NoTarget: j.NoTarget, NotReported: j.NotReported}
	return nil
}

// plainJSON writes a value as people read it, "S&T" and not "S\u0026T". A caller who wants the whole to stay so encodes
// with SetEscapeHTML(false), too: json.Marshal escapes what the marshalers within return.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), nil
}

// date is a day in JSON: "2018-03-31", or null.
type date events.Day

func dateOf(d events.Day) *date {
	if d == 0 {
		return nil
	}
	return (*date)(&d)
}

func (d *date) day() events.Day {
	if d == nil {
		return 0
	}
	return events.Day(*d)
}

func (d date) MarshalText() ([]byte, error) { return []byte(events.Day(d).String()), nil }

func (d *date) UnmarshalText(b []byte) error {
	day, err := events.ParseDay(string(b))
	*d = date(day)
	return err
}
