package app

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"sync"

	"github.com/kaohe/kaohe/deploy"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators/api"
	"github.com/kaohe/kaohe/indicators/contract"
)

// openapi answers with the document of the interface, for the plan by which events are checked. It is made when somebody asks
// for the first time.
func (a *App) openapi() http.HandlerFunc {
	document := sync.OnceValues(func() ([]byte, error) {
		return contract.OpenAPI(contract.Options{Plan: a.plan, Version: a.opts.Version, Examples: Examples()})
	})
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := document()
		if err != nil {
			a.opts.Logger.Error("the document of the interface cannot be written", "error", err)
			lang := intake.LangOf(r)
			api.NewProblem(http.StatusInternalServerError, "internal", events.Text{ZH: "内部错误", EN: "internal error"},
				events.Text{ZH: "详情见服务器日志", EN: "The server's log says more."}, lang).Write(w, lang)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Cache-Control", "no-store") // another plan has another one
		h.Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(body) // the client has gone if this fails
	}
}

// Examples are events to show in documents: the facts of the demo, as structured CloudEvents.
func Examples() [][]byte {
	content, err := fs.ReadFile(deploy.Demo(), "facts.ndjson")
	if err != nil {
		panic(fmt.Sprintf("app: the demo: %v", err)) // it is compiled in
	}
	return bytes.Split(bytes.TrimSpace(content), []byte{'\n'})
}
