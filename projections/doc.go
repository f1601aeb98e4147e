// Package projections folds the log into figures.
//
// A [Fold] is a pure function of the events it was given: no clock, no I/O, no context. It keeps, for each declared
// [Measure], each unit of the tree and each value of a breakdown, a day series: what changed on which day. A flow over a
// span is a range of its series, a stock on a day a prefix of it, so that any quarter, year to date or day can be asked
// for at any time, and a fact that comes late costs what a punctual one does.
//
//	PatentGranted 2018-02-28 450703      measure            unit     series
//	        |                            invention_patents  450703   02-28 +1
//	        +--- filter, amount, keys -> invention_patents  450700   02-28 +1
//	                                     invention_patents  450000   02-28 +1
//
// What is counted by identity is reduced to day series as well. Distinct things keep the days of their mentions, and the
// series counts on each day the things that were first mentioned in its quarter, or in its year. A stock keeps the
// intervals of each thing, and the series has +1 where their union begins and -1 on the day after it ends. Both keep what
// they need to take any event out again: withdrawal is the same path with the sign turned, not a repair.
//
// An event that was voided or corrected counts in its last version, or not at all, whatever the order in which the voids,
// corrections and the event itself came: [Fold.Take] keeps what is needed to tell of those few events only. Of the same fact
// from two sources the first counts, at each unit; claim.go tells how. Where a fold must know an event of before once more it
// says so ([NeedError]), and whoever feeds it reads that: the log never changes, so that the fold stays a function of it.
//
// The whole state of a fold can be written and read back, so that a start reads only the tail of a log, and the state of any
// earlier commit is not far: an [Archive] folds anew from the nearest snapshot, with the code that follows the log.
//
// A [Runner] follows a log, folds each commit whole and publishes a [View]. A view never changes. It shares with its
// predecessor all that did not change in between: every part of the tree of tables, blocks, cells and pages belongs to an
// epoch, and one that is older than the fold's present epoch is copied before it is written to.
package projections
