# docker build -t lstmcount . && docker run --rm -v "$PWD:/work" -u "$(id -u)" lstmcount summary model.yaml
FROM python:3.13-slim
RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*
RUN --mount=type=bind,target=/source,rw pip install --no-cache-dir '/source[all]'
WORKDIR /work
ENTRYPOINT ["lstmcount"]
