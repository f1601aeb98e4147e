package app

import (
	"net/http"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators/api"
)

// oneShape gives the errors of handlers that are not ours, such as the router's 404 and 405, the shape that all the others
// have. What they say may be internal, so it is not passed on; their headers are.
func oneShape(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&problemWriter{ResponseWriter: w, lang: intake.LangOf(r)}, r)
	})
}

// problemWriter puts a problem in the place of an error in plain text.
type problemWriter struct {
	http.ResponseWriter
	lang     events.Lang
	replaced bool
}

func (p *problemWriter) WriteHeader(status int) {
	mediaType := p.Header().Get("Content-Type")
	if status < http.StatusBadRequest || mediaType != "" && !strings.HasPrefix(mediaType, "text/plain") {
		p.ResponseWriter.WriteHeader(status)
		return
	}
	p.replaced = true
	p.Header().Del("Content-Length")
	p.Header().Del("Content-Encoding")
	said := problemOf(status, p.Header().Get("Allow"))
	api.NewProblem(status, said.code, said.title, said.detail, p.lang).Write(p.ResponseWriter, p.lang)
}

// Write drops the text that was replaced.
func (p *problemWriter) Write(b []byte) (int, error) {
	if p.replaced {
		return len(b), nil
	}
	return p.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (p *problemWriter) Unwrap() http.ResponseWriter { return p.ResponseWriter }

// said is what the world is told about a status.
type said struct {
	code          string
	title, detail events.Text
}

func problemOf(status int, allow string) said {
	switch {
	case status == http.StatusNotFound:
		return said{"not_found", events.Text{ZH: "没有这个路径", EN: "no such path"},
			events.Text{ZH: "GET / 列出全部路径", EN: "GET / lists the paths that there are."}}
	case status == http.StatusMethodNotAllowed:
		return said{"method", events.Text{ZH: "方法不允许", EN: "method not allowed"},
			events.Text{ZH: "此路径接受 " + allow, EN: "This path takes " + allow + "."}}
	case status == http.StatusServiceUnavailable:
		return said{"unavailable", events.Text{ZH: "暂时不能回答", EN: "cannot answer now"}, events.Text{ZH: "请稍后再试", EN: "Try again shortly."}}
	case status < http.StatusInternalServerError:
		return said{"request", events.Text{ZH: "请求有误", EN: "bad request"}, events.Text{}}
	}
	return said{"internal", events.Text{ZH: "内部错误", EN: "internal error"}, events.Text{ZH: "详情见服务器日志", EN: "The server's log says more."}}
}
