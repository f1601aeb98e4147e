// Package quality tells what is odd about facts that were recorded.
//
// Nothing here refuses a fact: that is the intake's matter. A [Watch] follows the log behind the figures and keeps, of the facts
// that count, the few fields by which rules compare them, in groups: the certificates of a firm, the assignments and services
// of an envoy, the steps of a project, the uses of a number, the amounts of a programme in order of size. A rule is a
// pure function of one group. When a fact comes, is voided or corrected, the groups that it leaves and enters are judged anew
// and no others, so that the findings are at any moment what going through all facts would find, whatever the way there.
//
//	SubsidyApplied s1 f1 --+--> firm f1:      certificates, awards       --> DQ-04, DQ-05, DQ-06
//	                       +--> subsidy s1:   applied, decided, paid     --> DQ-11, DQ-13
//	                       +--> amounts hnte: 100000.00 yuan             --> DQ-09
//	                       +--> by itself:    period, day                --> DQ-14, DQ-17
//
// A finding has no text until somebody reads it: then its group is judged once more. It belongs to the lowest unit that all its
// events happened at or below, so that who may see a unit's findings may see their events; what no unit stands above both is
// not compared. The same functions say at the intake what is odd about new events ([Watch.Notice]): they are put into
// their groups, which are judged, and taken out again. What is only worth knowing ([Info]) is listed and not said there.
//
// Of a group the first 4,096 facts in the log are held against each other, of amounts the 100 at either end, which bounds the time for
// ids that stand for nobody in particular.
//
// # The rules
//
// They are those of DOMAIN 4.4. Rules know the types and fields of the default plan by their names: a plan without them has no such
// findings, and types that it has under other names are not looked at (but by DQ-14, DQ-17, DQ-18 and DQ-20). A plan
// may switch rules off.
//
//	DQ-01  check digit of a credit code                      here; the alphabet is the schema's
//	DQ-02  its place of registration is elsewhere            here, worth knowing only
//	DQ-03  names that differ in spelling only, or garbled    here, by what is left of a name without its variations; the same
//	                                                         character in its traditional form is another character
//	DQ-04  award without recognition                         here; the certificate must be of the 12 months up to the application
//	DQ-05  certificates that overlap                         here; figures count a firm once anyway
//	DQ-06  renewal of nothing, first one after another       here
//	DQ-07  envoy in a village on no list, on two lists       here
//	DQ-08  service outside an assignment, unknown envoy      here, one finding a unit and envoy
//	DQ-09  yuan or ten thousand yuan                         here, by the median of the like, which is told to whoever may see the
//	                                                         finding; the intake refuses more than two decimals
//	DQ-10  parts of a joint total                            cannot differ: a joint amount is one total without parts (SEMANTICS 1.3), and
//	                                                         the intake refuses a count below the number of entities
//	DQ-11  order of money and stages                         here, for projects, subsidies and contracts
//	DQ-12  attendances                                       here, against quality.max_attendees of the plan
//	DQ-13  recorded twice                                    the intake recognises what comes twice under one id, and figures count one
//	                                                         number under several ids once (SEMANTICS 1.6); here what counts twice all
//	                                                         the same, what contradicts, and trainings
//	DQ-14  day to come, before 2000, in a closed quarter     the intake refuses days to come and before 1990, and warns of a closed quarter
//	                                                         (which explain calls late); here those before 2000
//	DQ-15  coverage over 100 %, no denominator               cannot be: coverage counts what is in both (SEMANTICS 3.4), and a ratio
//	                                                         without a denominator, a completion without a target are null
//	DQ-16  pool entries counted as recognitions              figures keep apart what their definitions do; here a plan whose definition does not
//	DQ-17  period named and day                              here, for the year of a fact and the quarter that its source names; the
//	                                                         intake refuses a period across quarters
//	DQ-18  parts and whole                                   counts of a city are those of its districts and its own, and breakdowns add up, by
//	                                                         the way they are made; here values that add up and that the unit above states too
//	DQ-19  kind and filing of a patent                       here; the intake refuses one without a kind
//	DQ-20  evidence missing                                  here, for facts of an indicator with a weight
package quality
