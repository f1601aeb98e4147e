package app

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators/api"
)

// gate finds out who sends a request, before anything of its body is read, and turns away who does not say so. From the first
// token on everybody must, but for the paths that tell nothing of the figures. It also keeps the record of what those who
// were let in were denied further on: each is counted, and logged as far as that cannot flood the log. No secret is.
type gate struct {
	tokens *access.Store
	logger *slog.Logger

	strangers, denials     *prometheus.CounterVec // by reason; by ability and token
	turningAway, recording *calm                  // strangers must not drown what is said of those who were let in
}

func (a *App) newGate() *gate {
	g := &gate{
		tokens: a.tokens, logger: a.opts.Logger.With("part", "access"), turningAway: &calm{now: a.opts.Now}, recording: &calm{now: a.opts.Now},
		strangers: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kaohe_http_unauthenticated_total", Help: "Requests refused because nobody could tell who sent them, by reason."}, []string{"reason"}),
		denials: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kaohe_access_refused_total", Help: "What the holder of a token was not allowed to do, by the ability that it lacks for a unit and by the token's name."},
			[]string{"ability", "by"}),
	}
	for _, s := range strangers {
		g.strangers.WithLabelValues(s.reason)
	}
	a.registry.MustRegister(g.strangers, g.denials)
	a.registerTokens()
	return g
}

// public are the paths that everybody may ask for.
var public = map[string]bool{"/": true, "/healthz": true, "/readyz": true, "/openapi.json": true}

// authenticated lets those requests pass whose sender is known, and puts who that is into their context.
func (g *gate) authenticated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		by := access.Local
		if g.tokens.Guarded() {
			var err error
			by, err = g.sender(r)
			if reading := r.Method == http.MethodGet || r.Method == http.MethodHead; err != nil && !(reading && public[r.URL.Path]) {
				g.turnAway(w, r, err)
				return
			}
		}
		next.ServeHTTP(w, r.WithContext(access.NewContext(r.Context(), by)))
	})
}

// errNoToken says that a request came without a token, or with several.
var errNoToken = errors.New("no token")

// sender returns whose token a request carries.
func (g *gate) sender(r *http.Request) (access.Principal, error) {
	said := r.Header.Values("Authorization")
	if len(said) != 1 {
		return access.Principal{}, errNoToken
	}
	scheme, token, _ := strings.Cut(strings.TrimSpace(said[0]), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return access.Principal{}, errNoToken
	}
	return g.tokens.Authenticate(strings.TrimSpace(token))
}

// stranger is why nobody can tell who sent a request, and what the sender is told.
type stranger struct {
	err    error
	reason string // for the metric and the log
	said
}

// strangers are the reasons. The last one stands for all errors that are not listed.
var strangers = []stranger{
	{errNoToken, "none", said{"token_missing", events.Text{ZH: "需要令牌", EN: "a token is needed"}, events.Text{
		ZH: "请求头里要有 Authorization: Bearer 令牌；令牌由管理员用 kaohe token create 生成",
		EN: "Send the header Authorization: Bearer TOKEN. Whoever runs the server makes tokens with kaohe token create."}}},
	{access.ErrUnknownToken, "unknown", said{"token_unknown", events.Text{ZH: "令牌无效", EN: "unknown token"}, events.Text{
		ZH: "服务器不认识这个令牌；请核对是否完整，或向管理员另要一个", EN: "The server does not know this token. See whether it is complete, or ask whoever runs the server for another one."}}},
	{access.ErrExpired, "expired", said{"token_expired", events.Text{ZH: "令牌已过期", EN: "the token has expired"}, events.Text{
		ZH: "请向管理员另要一个令牌", EN: "Ask whoever runs the server for another one."}}},
	{access.ErrRevoked, "revoked", said{"token_revoked", events.Text{ZH: "令牌已撤销", EN: "the token was revoked"}, events.Text{
		ZH: "请向管理员另要一个令牌", EN: "Ask whoever runs the server for another one."}}},
	{access.ErrUnreadable, "unreadable", said{"tokens_unreadable", events.Text{ZH: "暂时无法核对令牌", EN: "tokens cannot be checked at the moment"}, events.Text{
		ZH: "服务器读不了令牌文件，谁也不能进入；请告诉管理员", EN: "The server cannot read its tokens, so that nobody is let in. Tell whoever runs it."}}},
}

func strangerOf(err error) stranger {
	for _, s := range strangers[:len(strangers)-1] {
		if errors.Is(err, s.err) {
			return s
		}
	}
	return strangers[len(strangers)-1]
}

// turnAway answers who could not be told apart from anybody.
func (g *gate) turnAway(w http.ResponseWriter, r *http.Request, err error) {
	s, lang, status := strangerOf(err), intake.LangOf(r), http.StatusUnauthorized
	g.strangers.WithLabelValues(s.reason).Inc()
	if unsaid, ok := g.turningAway.down(); ok {
		g.logger.Warn("request without a good token", "reason", s.reason, "error", err, "remote", r.RemoteAddr, "method", r.Method, "path", shortened(r.URL.Path), "unsaid", unsaid)
	}
	switch s.err {
	case access.ErrUnreadable:
		status = http.StatusServiceUnavailable
		w.Header().Set("Retry-After", "30")
	case errNoToken:
		w.Header().Set("WWW-Authenticate", `Bearer realm="kaohe"`)
	default:
		w.Header().Set("WWW-Authenticate", `Bearer realm="kaohe", error="invalid_token"`)
	}
	api.NewProblem(status, s.code, s.title, s.detail, lang).Write(w, lang)
}

// shortened bounds what somebody from outside has logged.
func shortened(s string) string {
	const most = 100
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}

// recorded keeps the record of what the sender of a request is denied.
func (g *gate) recorded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		report := func(d access.Denial) { g.denied(r.RemoteAddr, d) }
		next.ServeHTTP(w, r.WithContext(access.WithReport(r.Context(), report)))
	})
}

func (g *gate) denied(remote string, d access.Denial) {
	g.denials.WithLabelValues(d.Ability.String(), d.By).Inc()
	if unsaid, ok := g.recording.down(); ok {
		g.logger.Warn("out of scope", "by", d.By, "ability", d.Ability.String(), "org", d.Org, "remote", remote, "unsaid", unsaid)
	}
}

// readAll lets only those pass who may read everything.
func readAll(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if by := access.FromContext(r.Context()); !by.Everything(access.Read) {
			lang := intake.LangOf(r)
			api.OutOfScope(r.Context(), access.Everywhere, lang).Write(w, lang)
			return
		}
		next.ServeHTTP(w, r)
	})
}
