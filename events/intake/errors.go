package intake

import "errors"

// Errors of [Intake.Emit], beside [events.ErrUnknown] (the caller stopped waiting: whether the events were recorded is
// not known) and [events.ErrFull] (no space: free some). They concern a request as a whole. After each of them sending
// the same events again is safe; part of a request of more than one commit may have been recorded.
var (
	// ErrEmpty says that the request held no event. Check what should have written it.
	ErrEmpty = errors.New("no event in the request")
	// ErrTooMany says that the request held more than [MaxBatch] events; none was recorded. Split it.
	ErrTooMany = errors.New("too many events in one request")
	// ErrNotReady says that the log has not been read to its end yet, so that repeats cannot be told, or that the plan is
	// not recorded yet by which events are checked. Wait a little; if it lasts, look at the log.
	ErrNotReady = errors.New("still reading the log")
	// ErrOverloaded says that too much waits to be written. Wait a little.
	ErrOverloaded = errors.New("too many events are waiting")
	// ErrUnavailable says that the log does not answer. Wait; if it lasts, look at the log.
	ErrUnavailable = errors.New("the log does not answer")
	// ErrStopped says that the intake is shutting down; what the request held was not taken. Send it to the next one.
	ErrStopped = errors.New("shutting down")
)
