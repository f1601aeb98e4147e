package contract

import (
	"net/http"
	"slices"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/intake"
)

// code is a problem that an operation may be answered with. Codes are for programs and never change their meaning.
type code struct {
	name   string
	status int
	about  string
	retry  bool // with Retry-After
}

// Problems of questions.
var (
	badParameter = code{"parameter", http.StatusBadRequest, "A parameter makes no sense; the problem names it, and what was expected.", false}
	noSuchPoint  = code{"no_such_point", http.StatusNotFound, "The log does not reach known_at, or begins after it.", false}
	noEvent      = code{"no_event", http.StatusNotFound, "There is no such event, or none that the asker may read.", false}
	notClosed    = code{"not_closed", http.StatusNotFound, "The quarter was never closed.", false}
	noRevision   = code{"no_such_revision", http.StatusNotFound, "The quarter was not closed so often.", false}
	outOfScope   = code{"out_of_scope", http.StatusForbidden, "The token does not reach that far.", false}
	planThen     = code{"plan_unreadable", http.StatusConflict, "The plan in force at known_at cannot be read any more; plan=current shows what was recorded by then by today's.", false}
	logDamaged   = code{"log_damaged", http.StatusConflict, "A commit that the figure rests on cannot be read any more: restore a backup.", false}
	cardThen     = code{"scorecard_unreadable", http.StatusConflict, "This version of the program cannot read the published scorecard.", false}
	tooMuch      = code{"too_much", http.StatusUnprocessableEntity, "The days have more series or changes than one answer may. Ask for fewer days, units or indicators.", false}
	notReady     = code{"not_ready", http.StatusServiceUnavailable, "The log has not been read to its end yet.", true}
	unavailable  = code{"unavailable", http.StatusServiceUnavailable, "The log cannot be reached, or what was asked takes too long at the moment.", true}
)

// ofFigures are the problems of all questions about figures.
var ofFigures = []code{badParameter, outOfScope, noSuchPoint, planThen, notReady, unavailable}

// ofBackfill are the problems of asking for the past.
var ofBackfill = []code{badParameter, outOfScope, planThen, tooMuch, notReady, unavailable}

// ofTheDoor are the problems of requests whose sender must be known, and ofAll those of all requests.
var (
	ofTheDoor = []code{
		{"token_missing", http.StatusUnauthorized, "Everybody must say who they are: send a token.", false},
		{"token_unknown", http.StatusUnauthorized, "The server does not know the token.", false},
		{"token_expired", http.StatusUnauthorized, "The token has expired.", false},
		{"token_revoked", http.StatusUnauthorized, "The token was revoked.", false},
		{"tokens_unreadable", http.StatusServiceUnavailable, "The server cannot read its tokens and lets nobody in.", true},
	}
	ofAll = []code{
		{"host", http.StatusMisdirectedRequest, "The Host header is not a name of this machine. As long as there are no tokens, no other is answered.", false},
		{"internal", http.StatusInternalServerError, "An internal error; the server's log says more.", false},
	}
)

// ofEvents are the problems of a request to record events.
func ofEvents() []code {
	list := []code{
		{"cross_origin", http.StatusForbidden, "A page of another site cannot record events through a browser.", false},
		{"read_only", http.StatusServiceUnavailable, "The server only reads what is left of a damaged log. Asking again does not help.", false},
	}
	for _, k := range intake.ProblemKinds() {
		if k.Code == "internal" || k.Status == http.StatusMethodNotAllowed {
			continue // one is there already, the other is not this operation's
		}
		about := strings.ToUpper(k.Title.EN[:1]) + k.Title.EN[1:] + "."
		if detail := k.Detail.In(events.English); detail != "" {
			about += " " + detail
		}
		list = append(list, code{k.Code, k.Status, about, k.Retry})
	}
	return list
}

// byStatus sorts problems into the statuses of an operation.
func byStatus(list []code) (statuses []int, codes map[int][]code) {
	codes = map[int][]code{}
	for _, c := range list {
		if codes[c.status] == nil {
			statuses = append(statuses, c.status)
		}
		codes[c.status] = append(codes[c.status], c)
	}
	slices.Sort(statuses)
	return statuses, codes
}

// said lists the codes of one status.
func said(list []code) string {
	lines := make([]string, len(list))
	for i, c := range list {
		lines[i] = "* `" + c.name + "`: " + c.about
	}
	return strings.Join(lines, "\n")
}
