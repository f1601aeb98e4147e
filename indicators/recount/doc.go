// Package recount holds no program, only tests: it counts everything a second time, by hand, and holds the figures of the
// fold against that.
//
// The recount is the plan that we deliver as a person would work it out who has a stack of paper, a calendar and
// SEMANTICS.md: for every question it goes through all facts once more and keeps nothing afterwards. Dates are time.Time,
// amounts big.Rat, data is what encoding/json makes of it. It shares no code with package projections or indicators, so
// that a mistake would have to be made twice to go unnoticed.
//
//	random log ----> fold, view, Evaluate ----> scorecard ----+
//	         \                                                +--> the same?
//	          +----> live facts ----> recount ----> rows -----+
//
// The logs are random, of all types of the plan and all control events, with few names, units and days so that facts meet:
// the same certificate from two units, a close before its opening, a void of a void, a correction of what is yet to come.
// That the logs are ones an intake could have written is tested as well.
package recount
