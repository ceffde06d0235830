# framing serve in a container that is not root and writes nowhere but /tmp; docs/serve.md has the commands
FROM python:3.11-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY src src
COPY configs configs
COPY data/behaviour data/behaviour
COPY data/conflict_real data/conflict_real
COPY models models
RUN python -m venv /opt/framing \
 && /opt/framing/bin/pip install --no-cache-dir --constraint constraints.txt .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin framing
COPY --from=build /opt/framing /opt/framing
ENV PATH=/opt/framing/bin:$PATH HOME=/tmp MPLCONFIGDIR=/tmp HF_HUB_OFFLINE=1 TOKENIZERS_PARALLELISM=false \
    MLFLOW_DISABLE_TELEMETRY=true PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER framing
WORKDIR /tmp
EXPOSE 8000
HEALTHCHECK --start-period=120s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz')"]
ENTRYPOINT ["framing", "serve", "--host", "0.0.0.0", "--keys", "/run/framing/keys"]
CMD ["--model", "/model"]
