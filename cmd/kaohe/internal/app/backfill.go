package app

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
	"github.com/kaohe/kaohe/indicators/metrics"
	"github.com/kaohe/kaohe/projections"
)

// Bounds of a backfill. Its days are evaluated before the first of them is written, and only their changes are kept: at
// most some 300 MB.
const (
	maxBackfillDays   = 3660 // ten years
	maxBackfillSeries = 250_000
	maxBackfillRuns   = 8_000_000
	backfillTime      = 10 * time.Minute // to evaluate
	stalled           = time.Minute      // for whoever reads to take a piece
)

// backfill writes the past for a Prometheus that is new. One is made at a time.
type backfill struct {
	app    *App
	series int           // how many may be kept
	turn   chan struct{} // holds a token while one is made

	// ends when the daemon does: whoever waits for minutes must not keep it from ending
	ctx context.Context
	end context.CancelFunc
}

func (a *App) newBackfill() *backfill {
	b := &backfill{app: a, series: maxBackfillSeries, turn: make(chan struct{}, 1)}
	b.ctx, b.end = context.WithCancel(context.Background())
	return b
}

// ServeHTTP answers GET /v1/backfill.
func (b *backfill) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	lang := intake.LangOf(r)
	if problem := b.await(r.Context(), lang); problem != nil {
		problem.Write(w, lang)
		return
	}
	view, plan := b.app.figures()
	q, bad := readBackfill(r, plan, b.app.Today())
	if bad != nil {
		bad.problem(lang).Write(w, lang)
		return
	}
	select {
	case b.turn <- struct{}{}:
		defer func() { <-b.turn }()
	default:
		w.Header().Set("Retry-After", "5")
		unavailable(events.Text{ZH: "另一份历史数据正在生成，一次只能有一份；请稍后再试", EN: "Another backfill is being made, and one is made at a time. Try again later."}, lang).Write(w, lang)
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(b.ctx, cancel)()
	b.answer(w, r.WithContext(ctx), func() (*metrics.History, error) { return b.history(ctx, q, view, plan) })
}

// answer evaluates the days and writes them.
func (b *backfill) answer(w http.ResponseWriter, r *http.Request, evaluate func() (*metrics.History, error)) {
	connection := http.NewResponseController(w)
	// What is evaluated for minutes is answered later than other requests may be. Without a connection there is no deadline.
	_ = connection.SetWriteDeadline(time.Now().Add(backfillTime + stalled))
	history, err := evaluate()
	if err != nil {
		lang := intake.LangOf(r)
		b.failure(err, lang).Write(w, lang)
		return
	}
	h := w.Header()
	h.Set("Content-Type", metrics.HistoryType)
	h.Set("Cache-Control", "no-store")
	if r.Method == http.MethodHead {
		return
	}
	if _, err := history.WriteTo(&pieces{r.Context(), w, connection}); err != nil { // it lacks its last line: nobody takes it for whole
		b.app.opts.Logger.Info("a backfill was not read to its end", "error", err)
	}
}

// pieces writes an answer for as long as somebody takes it.
type pieces struct {
	ctx        context.Context
	w          http.ResponseWriter
	connection *http.ResponseController
}

func (p *pieces) Write(b []byte) (int, error) {
	if p.ctx.Err() != nil {
		return 0, p.ctx.Err()
	}
	_ = p.connection.SetWriteDeadline(time.Now().Add(stalled))
	return p.w.Write(b)
}

// history evaluates the days that are asked for.
func (b *backfill) history(ctx context.Context, q backfillQuery, view *projections.View, plan *indicators.Plan) (*metrics.History, error) {
	history, err := metrics.NewHistory(metrics.HistoryOptions{
		Zone: plan.Zone, Labels: q.labels, Orgs: q.orgs, Indicators: q.indicators, MaxSeries: b.series, MaxRuns: maxBackfillRuns,
	})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, backfillTime)
	defer cancel()
	if !q.then {
		return history, history.AddKnown(ctx, view, plan, q.from, q.to)
	}
	past := metrics.Past{Now: view, Plan: plan, SeqAt: b.app.archive.SeqAt, Replay: b.app.archive.Replay, PlanOf: b.app.plans.of}
	if q.currentPlan {
		past.PlanOf = nil
	}
	return history, history.AddPast(ctx, past, q.from, q.to)
}

// await lets the figures include what was recorded before the request came, as far as that takes no time.
func (b *backfill) await(ctx context.Context, lang events.Lang) *api.Problem {
	if !b.app.caughtUp() {
		return new(unread(lang))
	}
	ctx, cancel := context.WithTimeout(ctx, api.MaxWait)
	defer cancel()
	end, err := b.app.log.End(ctx)
	if err == nil {
		err = b.app.awaitFigures(ctx, end)
	}
	if err != nil {
		return new(unavailable(unreachable, lang))
	}
	return nil
}

// failure says why days could not be evaluated.
func (b *backfill) failure(err error, lang events.Lang) api.Problem {
	var taken metrics.LabelTakenError
	switch {
	case errors.Is(err, metrics.ErrTooMuch):
		return api.NewProblem(http.StatusUnprocessableEntity, "too_much", events.Text{ZH: "历史数据过多", EN: "too much history"}, events.Text{
			ZH: "一次最多 250,000 个序列、8,000,000 次数值变动；请按年分次（from、to），或只取部分单位、指标（org、indicator）",
			EN: "At most 250,000 series and 8,000,000 changes of values fit into one backfill. Ask for a year at a time (from, to), or for some units or indicators (org, indicator)."}, lang)
	case errors.As(err, &taken):
		return (&badBackfill{"label", string(taken), events.Text{ZH: "业务序列自身没有的标签名", EN: "a label that no series has itself"}}).problem(lang)
	case errors.Is(err, api.ErrPlanUnreadable):
		p := api.NewProblem(http.StatusConflict, "plan_unreadable", events.Text{ZH: "当时的方案已无法读取", EN: "the plan of that time cannot be read any more"}, events.Text{
			ZH: "可按现在的方案看当时已登记的内容: plan=current", EN: "What was recorded by then can be shown by today's plan: plan=current."}, lang)
		p.Parameter, p.Hint = "plan", "plan=current"
		return p
	case errors.Is(err, context.DeadlineExceeded):
		return unavailable(events.Text{ZH: "计算用时太长；请按年分次取", EN: "It takes too long at the moment. Ask for a year at a time."}, lang)
	case b.ctx.Err() != nil:
		return unavailable(events.Text{ZH: "服务正在停止；请稍后再试", EN: "The server is stopping. Try again later."}, lang)
	case !errors.Is(err, context.Canceled):
		b.app.opts.Logger.Error("a backfill failed", "error", err)
	}
	return unavailable(unreachable, lang)
}

var unreachable = events.Text{ZH: "日志暂时无法访问", EN: "the log cannot be reached at the moment"}

func unread(lang events.Lang) api.Problem {
	return api.NewProblem(http.StatusServiceUnavailable, "not_ready", events.Text{ZH: "正在读取日志", EN: "still reading the log"}, events.Text{
		ZH: "读完之前的数字不完整，所以不提供；请稍候再试", EN: "Figures would be partial before all of it has been read, so none are shown; try again shortly."}, lang)
}

func unavailable(why events.Text, lang events.Lang) api.Problem {
	return api.NewProblem(http.StatusServiceUnavailable, "unavailable", events.Text{ZH: "暂时不能回答", EN: "cannot answer now"}, why, lang)
}
