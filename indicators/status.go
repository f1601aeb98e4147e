package indicators

import "github.com/kaohe/kaohe/events"

// Status says in a word how an indicator stands against its target. The empty Status is null: there is a target, but the
// value is not known.
type Status string

// The statuses (SEMANTICS 4.7), from good to bad.
const (
	Achieved  Status = "achieved"  // the target is met
	NoTarget  Status = "no_target" // there is nothing to hold the value against
	TooEarly  Status = "too_early" // nothing is due yet, or the indicator has no pace
	OnTrack   Status = "on_track"
	Attention Status = "attention"
	Behind    Status = "behind"
	Critical  Status = "critical"
)

// Statuses are all of them, in order.
var Statuses = []Status{Achieved, NoTarget, TooEarly, OnTrack, Attention, Behind, Critical}

// Lagging reports whether the status says that the target is about to be missed.
func (s Status) Lagging() bool { return s == Behind || s == Critical }

// MarshalJSON writes the status as a string, the empty one as null.
func (s Status) MarshalJSON() ([]byte, error) {
	if s == "" {
		return []byte("null"), nil
	}
	return []byte(`"` + string(s) + `"`), nil
}

// PointsProfile is the [Thresholds] profile by percentage points; the other is by the pace ratio.
const PointsProfile = "points"

// judge fills in what follows from a figure's value, base, target and expected value.
func (f *Figure) judge(dir Direction, t Thresholds) {
	f.Gap = dir.short(f.Value, f.Target)
	f.Completion = f.Value.quo(f.Target)
	f.PaceRatio = f.paceRatio(dir)
	f.Status = f.status(dir, t)
}

// short returns by how much a value falls short of another one; negative where it is better.
func (dir Direction) short(value, of Number) Number {
	if dir == Down {
		return value.sub(of)
	}
	return of.sub(value)
}

// start is what the way to the target begins with; a level of which nothing was known before the year begins with 0.
func (f *Figure) start() Number { return f.Base.or(zero) }

// paceRatio is (value - base) / (expected - base): the way gone over the way due (SEMANTICS 4.6). Where the target lies
// on the wrong side of the base, an accumulating figure to be kept low or a level that is allowed to worsen, that
// quotient would grow as things get worse; then it is expected / value where less is better, value / expected where more
// is.
func (f *Figure) paceRatio(dir Direction) Number {
	due := f.Expected.sub(f.start())
	switch {
	case !f.Value.Known() || due.Sign() == 0:
		return Number{}
	case dir == Down && due.Sign() > 0:
		return quotient(f.Expected, f.Value)
	case dir != Down && due.Sign() < 0:
		return quotient(f.Value, f.Expected)
	}
	return f.Value.sub(f.start()).quo(due)
}

// quotient divides two numbers so that the result is less than 1 if and only if a is less than b, even below nought. It
// is null where no quotient says that, and then a is not less than b.
func quotient(a, b Number) Number {
	switch {
	case b.Sign() > 0:
		return a.quo(b)
	case a.Sign() < 0:
		return b.quo(a)
	}
	return Number{}
}

func (f *Figure) status(dir Direction, t Thresholds) Status {
	switch {
	case !f.Target.Known():
		return NoTarget
	case !f.Value.Known():
		return ""
	case f.Gap.Sign() <= 0:
		return Achieved
	case !f.Expected.Known():
		return TooEarly
	case f.Expected.cmp(f.start()) != 0:
		return f.against(dir, t)
	case dir.short(f.Value, f.start()).Sign() > 0:
		return Attention
	}
	return TooEarly
}

// against holds the value against what is expected.
func (f *Figure) against(dir Direction, t Thresholds) Status {
	switch {
	case !f.PaceRatio.Known(): // which happens only where the value is no worse than expected
		return OnTrack
	case t.Profile == PointsProfile:
		short := dir.short(f.Value, f.Expected)
		return t.byPoints(short.mul(NewNumber(100, 0)).quo(f.way()))
	}
	return t.byRatio(f.PaceRatio)
}

// way is the whole way from the base to the target.
func (f *Figure) way() Number {
	way := f.Target.sub(f.start()).abs()
	if way.Sign() == 0 { // a quarterly plan that leads away and back
		return f.Expected.sub(f.start()).abs()
	}
	return way
}

func (t Thresholds) byRatio(ratio Number) Status {
	atLeast := func(d events.Decimal) bool { return ratio.cmp(NumberOf(d)) >= 0 }
	switch {
	case atLeast(t.OnTrack):
		return OnTrack
	case atLeast(t.Attention):
		return Attention
	case atLeast(t.Behind):
		return Behind
	}
	return Critical
}

// byPoints judges by percentage points below the pace: behind from the one threshold, critical above the other.
func (t Thresholds) byPoints(below Number) Status {
	switch {
	case below.Sign() <= 0:
		return OnTrack
	case below.cmp(NumberOf(t.BehindPoints)) < 0:
		return Attention
	case below.cmp(NumberOf(t.CriticalPoints)) <= 0:
		return Behind
	}
	return Critical
}
